"""Defects planted into the ledger, each of the kind that such ledgers really have."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING
from unittest import mock

from sqlalchemy import Engine, event, select, update

from activities.adapters.store.stock import movements
from activities.adapters.store.stock.reservations import claims, late_parcels, reserving, settling
from activities.adapters.store.stock.tables import stock_balances
from models.policy.stock.sourcing import shelves
from models.stock import life
from models.stock.quantities import SET_ASIDE, MovementKind, StockState
from models.stock.taking import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

_b = stock_balances.c
_PICKED = StockState.PICKED
_UNGUARDED = (
    update(stock_balances)
    .where(_b.sku == movements.bindparam("of_sku"), _b.node == movements.bindparam("at_node"))
    .where(_b.lot == movements.bindparam("of_lot"))
    .values({state.value: changed for state, changed in movements._changed.items()})
)
_move = movements.move


@contextmanager
def unguarded_update() -> Iterator[None]:
    """Look, then write without looking again; nor does the table refuse."""

    def let_anything_pass(connection: object, _record: object) -> None:
        if "sqlite" in type(connection).__module__:
            connection.execute("PRAGMA ignore_check_constraints = ON")

    event.listen(Engine, "connect", let_anything_pass)
    try:
        with mock.patch.object(movements, "_MOVE_BALANCE", _UNGUARDED):
            yield
    finally:
        event.remove(Engine, "connect", let_anything_pass)


class _Deaf:
    """A connection that does not hear of movements."""

    def __init__(self, connection):
        self._connection = connection

    async def execute(self, statement, *values):
        return None if statement is movements._MOVE else await self._connection.execute(statement, *values)

    def __getattr__(self, name):
        return getattr(self._connection, name)


def release_without_movement():
    """The balance changes and nobody can say why."""

    async def move(connection, document, moved):
        await _move(_Deaf(connection) if document.kind is MovementKind.RELEASE else connection, document, moved)

    return mock.patch.object(claims, "move", move)


def expiry_that_leaves_the_balance():
    """The reservation is over, and its goods are nobody's."""

    async def move(connection, document, moved):
        if document.kind is not MovementKind.EXPIRE:
            await _move(connection, document, moved)

    return mock.patch.object(claims, "move", move)


def shipment_of_another_lot():
    """One lot is taken off the shelf, another off the reservation."""

    async def move(connection, document, moved):
        if document.kind is MovementKind.SHIPMENT:
            moved = [await _elsewhere(connection, one) for one in moved]
        await _move(connection, document, moved)

    return mock.patch.object(claims, "move", move)


async def _elsewhere(connection, movement):
    if movement.state is not StockState.ON_HAND:
        return movement
    wanted = select(_b.lot).where(
        _b.sku == movement.sku,
        _b.node == movement.node,
        _b.lot != movement.lot,
        _b.on_hand - _b.soft_reserved - _b.allocated - _b.picked - _b.damaged - _b.quarantined - _b.channel_reserved
        >= -movement.quantity,
    )
    other = (await connection.execute(wanted)).scalars().first()
    return movement if other is None else replace(movement, lot=other)


def shipment_that_does_not_believe_lots():
    """The lot that is on the parcel is not looked at."""
    spread = settling.shipped_places

    def shipped_places(claim, items, *, believe_lots):
        return spread(claim, [item.model_copy(update={"lot": None}) for item in items], believe_lots=believe_lots)

    return mock.patch.object(settling, "shipped_places", shipped_places)


def last_expiring_first():
    """What lasts longest is promised first."""
    first = shelves.first_to_expire

    def last_to_expire(shelf):
        expires_on, lot = first(shelf)
        return -expires_on.toordinal(), lot

    return mock.patch.object(shelves, "first_to_expire", last_to_expire)


def grant_for_every_retry():
    """A request that comes again is taken for a new one."""
    reserve, seen, numbers = reserving.reserve, set(), count()

    async def again(database, policies, request, now):
        key = f"{request.key}/{next(numbers)}" if request.key in seen else request.key
        seen.add(request.key)
        return await reserve(database, policies, request.model_copy(update={"key": key}), now)

    return mock.patch.object(reserving, "reserve", again)


def documents_written_twice():
    """Whether a document was written before is not looked at."""
    write_once = settling.write_once

    async def always(connection, key, said, now):
        await write_once(connection, key, said, now)
        return True

    return mock.patch.object(settling, "write_once", always)


def commit_in_the_middle():
    """A claim is committed before its balances are moved: a crash in between tears them apart."""

    async def move(connection, document, moved):
        await connection.exec_driver_sql("COMMIT")
        await connection.exec_driver_sql("BEGIN")
        await _move(connection, document, moved)

    return mock.patch.object(claims, "move", move)


def extension_that_shortens():
    """Whoever asks for more time may get less."""

    def extend(claim, until):
        held = claim.state is life.ReservationState.HELD
        return life.Step(replace(claim, expires_at=until) if held else claim)

    return mock.patch.object(life, "extend", extend)


def parcels_that_a_count_does_not_know():
    """What was counted since a parcel has left is taken off once more when the parcel is told."""

    async def credit(*_):
        return None

    return mock.patch.object(late_parcels, "credit", credit)


def recall_that_leaves_the_picker():
    """What a picker holds of a lot that is called back stays an order's."""
    in_hand = property(
        lambda shelf: shelf.levels[StockState.ON_HAND] - sum(shelf.levels[state] for state in (*SET_ASIDE, _PICKED))
    )
    return mock.patch.object(Shelf, "for_sale", in_hand)
