"""Reserving: everything an order needs, or nothing.

The first try locks nothing while it looks: it chooses on what it sees, and the guards of the writes find out whether
that still holds. Whoever loses that race looks again with the balances locked, which settles it: there is no third try.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, insert, select

from activities.adapters.store import stock_choice
from activities.adapters.store.clock import utc_now
from activities.adapters.store.stock_digest import digest
from activities.adapters.store.stock_movements import BalanceRefused, Document, Movement, move
from activities.adapters.store.stock_tables import nodes, reservation_lines, reservations, stock_balances
from activities.adapters.store.stock_transaction import in_transaction, insert_once
from models.errors import Conflict
from models.stock import (
    Allocation,
    Balance,
    MovementKind,
    ReservationAnswer,
    ReservationState,
    StockState,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from models.stock import Need, ReservationRequest, Shortage

_b = stock_balances.c
_LOOK = (
    select(_b.sku, _b.node, _b.on_hand, _b.reserved, nodes.c.priority)
    .join(nodes, nodes.c.name == _b.node)
    .where(_b.sku.in_(bindparam("skus", expanding=True)))
)
# In the order in which balances are moved; a database without row locks has locked everything already.
_LOCK = _LOOK.order_by(_b.sku, _b.node).with_for_update(of=stock_balances)
_IS_KNOWN = exists().where(reservations.c.key == bindparam("of_key")).label("is_known")
# One round trip for what nearly every attempt on a sold-out article comes to: nothing left, and never granted before.
_GLANCE = _LOOK.add_columns(_IS_KNOWN)
_RESERVATION = select(reservations).where(reservations.c.key == bindparam("of_key"))
_GRANTED_LINES = select(reservation_lines).where(reservation_lines.c.reservation_key == bindparam("of_key"))
_ADD_LINES = insert(reservation_lines)


async def reserve(database: Database, request: ReservationRequest) -> ReservationAnswer:
    """Reserve all or nothing; a key that was granted before gets its first answer.

    Raises:
        Conflict: the key stands for other needs or another order, or was released before it was granted.
    """
    needs = stock_choice.merged(request.needs)
    async with database.reading() as connection:
        asked = {"skus": _skus(needs), "of_key": request.key}
        rows = (await connection.execute(_GLANCE, asked)).all()
        balances = _by_preference(rows)
        short = stock_choice.shortages(needs, balances)
        if short:
            is_known = rows[0].is_known if rows else (await connection.execute(select(_IS_KNOWN), asked)).scalar_one()
            if is_known:
                return await _first_answer(connection, request, needs)
            return ReservationAnswer(granted=False, shortages=short)
    with suppress(BalanceRefused):
        return await in_transaction(database, partial(_write, request=request, needs=needs, balances=balances))
    try:
        return await in_transaction(database, partial(_write, request=request, needs=needs, balances=None))
    except _Short as lost:
        return ReservationAnswer(granted=False, shortages=lost.shortages)


async def look(connection: AsyncConnection, skus: Iterable[str]) -> list[Balance]:
    """Read what each node has of these articles, the nodes in the order of preference."""
    return _by_preference((await connection.execute(_LOOK, {"skus": sorted(set(skus))})).all())


class _Short(Exception):
    def __init__(self, shortages: tuple[Shortage, ...]) -> None:
        super().__init__()
        self.shortages = shortages


async def _write(
    connection: AsyncConnection, request: ReservationRequest, needs: Sequence[Need], balances: Sequence[Balance] | None
) -> ReservationAnswer:
    """Write what is chosen from `balances`; where none are given, from those read and locked now."""
    if not await insert_once(connection, reservations, _reservation(request, needs)):
        return await _first_answer(connection, request, needs)
    if balances is None:
        balances = _by_preference((await connection.execute(_LOCK, {"skus": _skus(needs)})).all())
        short = stock_choice.shortages(needs, balances)
        if short:
            raise _Short(short)
    allocations = stock_choice.choose(needs, balances)
    await connection.execute(_ADD_LINES, [_line(request.key, one) for one in allocations])
    document = Document(request.key, MovementKind.RESERVATION, request.order_id)
    await move(connection, document, [_movement(one) for one in allocations])
    return ReservationAnswer(granted=True, allocations=allocations)


async def _first_answer(
    connection: AsyncConnection, request: ReservationRequest, needs: Sequence[Need]
) -> ReservationAnswer:
    """Read the answer that granted the key."""
    first = (await connection.execute(_RESERVATION, {"of_key": request.key})).one()
    if first.digest is None:
        raise Conflict("reservation_released", f"the reservation {request.key} was released before it was granted")
    if first.digest != _digest(request, needs):
        raise Conflict("key_reused", f"the reservation {request.key} was granted for something else")
    lines = await connection.execute(_GRANTED_LINES, {"of_key": request.key})
    allocations = (
        Allocation(line_id=line.line_id, sku=line.sku, quantity=line.quantity, node=line.node) for line in lines
    )
    return ReservationAnswer(granted=True, allocations=stock_choice.in_order(allocations))


def _skus(needs: Iterable[Need]) -> list[str]:
    return sorted({need.sku for need in needs})


def _by_preference(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Balance]:
    return [
        Balance(
            node=row.node, sku=row.sku, on_hand=row.on_hand, reserved=row.reserved, available=row.on_hand - row.reserved
        )
        for row in sorted(rows, key=lambda row: (row.priority, row.node, row.sku))
    ]


def _digest(request: ReservationRequest, needs: Sequence[Need]) -> str:
    return digest(request.order_id, needs)


def _reservation(request: ReservationRequest, needs: Sequence[Need]) -> dict[str, object]:
    return {
        "key": request.key,
        "order_id": request.order_id,
        "state": ReservationState.HELD,
        "digest": _digest(request, needs),
        "opened_at": utc_now(),
    }


def _line(key: str, one: Allocation) -> dict[str, object]:
    part = {"line_id": one.line_id, "sku": one.sku, "node": one.node}
    return {"reservation_key": key, **part, "quantity": one.quantity, "consumed": 0, "released": 0}


def _movement(one: Allocation) -> Movement:
    return Movement(one.sku, one.node, StockState.RESERVED, one.quantity, one.line_id)
