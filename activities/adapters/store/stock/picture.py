"""A picture of the shelves, read in as few round trips as what lies there allows.

What most articles do not have (ring-fences, expected supply, a queue) is asked for only where the balances, or a glance
at the queue in the same statement, say that there is some.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, bindparam, cast, exists, func, literal_column, select

from activities.adapters.store.clock import utc_now
from activities.adapters.store.stock.loads import todays_loads
from activities.adapters.store.stock.nodes import known_nodes
from activities.adapters.store.stock.tables import (
    lots,
    reservation_needs,
    reservations,
    ring_fences,
    stock_balances,
    supplies,
)
from models.stock.lots import LotStatus
from models.stock.picture import Picture, RingFence, Shelf
from models.stock.quantities import EXPECTED, Balance, StockState
from models.stock.reservation import ReservationState
from models.stock.supply import SUPPLY, Supply, SupplyKind, SupplyState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

_b = stock_balances.c
_asked: BindParameter[str] = bindparam("skus", expanding=True)
_ANY_SHELVES = select(stock_balances, lots.c.expires_on, lots.c.status.label("lot_status")).outerjoin(
    lots, (lots.c.sku == _b.sku) & (lots.c.lot == _b.lot)
)
_SHELVES = _ANY_SHELVES.where(_b.sku.in_(_asked))
# In the order in which balances are moved; a database without row locks has locked everything already.
_LOCKED_SHELVES = _SHELVES.order_by(_b.sku, _b.node, _b.lot).with_for_update(of=stock_balances)
# Spelt out, so that the index of those who wait serves.
_is_waiting = reservations.c.state == literal_column(f"'{ReservationState.PENDING.value}'")
_SOME_WAIT = exists().where(_is_waiting)
_IS_KNOWN = exists().where(reservations.c.key == bindparam("of_key"))
_FLAGS = (_SOME_WAIT.label("some_wait"), _IS_KNOWN.label("is_known"))
_FLAGS_ALONE = select(*_FLAGS)
_f = ring_fences.c
_FENCES = select(ring_fences).where(_f.sku.in_(_asked), _f.quantity > 0).order_by(*ring_fences.primary_key)
_OUTSTANDING = [state.value for state in SupplyState if not SUPPLY.is_final(state)]
_SUPPLIES = select(supplies).where(supplies.c.sku.in_(_asked), supplies.c.state.in_(_OUTSTANDING))
_n = reservation_needs.c
_WAITING = (
    select(_n.sku, cast(func.sum(_n.quantity), BigInteger).label("quantity"))
    .join(reservations, reservations.c.key == _n.reservation_key)
    .where(_is_waiting, _n.sku.in_(_asked))
    .group_by(_n.sku)
)


@dataclass(frozen=True)
class Glance:
    """A picture, and whether a reservation's key is known."""

    picture: Picture
    is_known: bool


async def look(
    connection: AsyncConnection, skus: Iterable[str], *, at: datetime | None = None, lock: bool = False
) -> Picture:
    """Read all that decisions about these articles look at.

    Args:
        connection: any transaction; one that writes where `lock` is set.
        skus: the articles.
        at: the moment of the picture; none: now.
        lock: whether their balances stay as they are until the transaction ends.
    """
    asked = {"skus": sorted(set(skus))}
    rows = (await connection.execute(_LOCKED_SHELVES if lock else _SHELVES, asked)).all()
    return await _picture(connection, asked, rows, at=at or utc_now(), some_wait=True)


async def glance(connection: AsyncConnection, skus: Iterable[str], *, key: str, at: datetime) -> Glance:
    """Read the same, and whether the key is known, in one round trip for nearly every article."""
    asked = {"skus": sorted(set(skus))}
    statement, named = _glance_at(asked["skus"])
    rows = (await connection.execute(statement, {**named, "of_key": key})).all()
    flags = rows[0] if rows else (await connection.execute(_FLAGS_ALONE, {"of_key": key})).one()
    picture = await _picture(connection, asked, rows, at=at, some_wait=flags.some_wait)
    return Glance(picture, bool(flags.is_known))


async def balances(connection: AsyncConnection, skus: Iterable[str]) -> tuple[Balance, ...]:
    """What each node has of these articles, by SKU, node and lot."""
    wanted = _SHELVES.order_by(_b.sku, _b.node, _b.lot)
    rows = await connection.execute(wanted, {"skus": sorted(set(skus))})
    return tuple(_balance(row) for row in rows)


async def shelves(connection: AsyncConnection, skus: Iterable[str]) -> tuple[Shelf, ...]:
    """Where these articles lie, with what is known of their lots."""
    rows = await connection.execute(_SHELVES, {"skus": sorted(set(skus))})
    return tuple(_shelf(row) for row in rows)


def _glance_at(skus: Sequence[str]) -> tuple[Select[Any], dict[str, str]]:
    """The statement for so many articles, and their names in it: cheaper than a list that is spelt out each time.

    The last one is asked for several times where that spares a statement of its own: there is one a power of two.
    """
    places = 1 << (len(skus) - 1).bit_length()
    return _glance_of(places), {f"sku_{place}": skus[min(place, len(skus) - 1)] for place in range(places)}


@cache
def _glance_of(places: int) -> Select[Any]:
    named = [bindparam(f"sku_{place}", type_=_b.sku.type) for place in range(places)]
    return _ANY_SHELVES.where(_b.sku.in_(named)).add_columns(*_FLAGS)


async def _picture(
    connection: AsyncConnection,
    asked: dict[str, list[str]],
    rows: Sequence[Row[*tuple[Any, ...]]],
    *,
    at: datetime,
    some_wait: bool,
) -> Picture:
    shelves = tuple(sorted((_shelf(row) for row in rows), key=_by_place))
    fenced = any(shelf.balance.channel_reserved for shelf in shelves)
    expected = any(shelf.balance.level(state) for shelf in shelves for state in EXPECTED)
    nodes = await known_nodes(connection, {shelf.balance.node for shelf in shelves})
    return Picture(
        at=at,
        nodes=nodes,
        shelves=shelves,
        fences=await _fences(connection, asked) if fenced else (),
        supplies=await _outstanding(connection, asked) if expected else (),
        loads=await todays_loads(connection, nodes, at),
        waiting=await _waiting(connection, asked) if some_wait else {},
    )


async def _fences(connection: AsyncConnection, asked: dict[str, list[str]]) -> tuple[RingFence, ...]:
    rows = await connection.execute(_FENCES, asked)
    return tuple(
        RingFence(sku=row.sku, node=row.node, lot=row.lot, holder=row.holder, quantity=row.quantity) for row in rows
    )


async def _outstanding(connection: AsyncConnection, asked: dict[str, list[str]]) -> tuple[Supply, ...]:
    found = (supply(row) for row in await connection.execute(_SUPPLIES, asked))
    return tuple(sorted((one for one in found if one.outstanding), key=lambda one: (one.sku, one.node, one.id)))


async def _waiting(connection: AsyncConnection, asked: dict[str, list[str]]) -> dict[str, int]:
    return {row.sku: row.quantity for row in await connection.execute(_WAITING, asked)}


def supply(row: Row[Any]) -> Supply:
    """Read a row of the supplies."""
    values = {name: getattr(row, name) for name in Supply.model_fields if name not in {"kind", "state"}}
    return Supply(**values, kind=SupplyKind(row.kind), state=SupplyState(row.state))


def _shelf(row: Row[*tuple[Any, ...]]) -> Shelf:
    status = LotStatus(row.lot_status) if row.lot_status else LotStatus.RELEASED
    return Shelf(balance=_balance(row), expires_on=row.expires_on, lot_status=status)


def _balance(row: Row[*tuple[Any, ...]]) -> Balance:
    levels = {state.value: getattr(row, state.value) for state in StockState}
    return Balance(sku=row.sku, node=row.node, lot=row.lot, **levels)


def _by_place(shelf: Shelf) -> tuple[str, str, str]:
    return shelf.balance.sku, shelf.balance.node, shelf.balance.lot
