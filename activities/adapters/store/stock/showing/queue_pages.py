"""The queue of backorders a page at a time, in the order of service."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select

from activities.adapters.store.schema import storable
from activities.adapters.store.stock.showing.places import Place, moment_of, page_of, read_place
from activities.adapters.store.stock.tables import reservation_needs, reservations
from activities.records.orders import Page
from models.stock.backorders import Backorder
from models.stock.demand import Need
from models.stock.reservation import ReservationState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

_r, _n = reservations.c, reservation_needs.c
# Who is served first stands in the demand, which the database does not look into: the heads of the queue are sorted
# here, and only what is shown is read whole. The state stands in the statement itself, so that its index serves.
_HEADS = select(_r.key, _r.order_id, _r.demand, _r.opened_at, _r.expected_at, _r.expires_at.label("deadline")).where(
    _r.state == bindparam("pending", ReservationState.PENDING.value, literal_execute=True),
    or_(_r.expires_at.is_(None), _r.expires_at > bindparam("at", type_=_r.expires_at.type)),
)
_HEADS_WANTING = _HEADS.where(_r.key.in_(select(_n.reservation_key).where(_n.sku == bindparam("of_sku"))))
_NEEDS = (
    select(reservation_needs)
    .where(_n.reservation_key.in_(bindparam("keys", expanding=True)))
    .order_by(*reservation_needs.primary_key)
)
_Rank = tuple[int, "datetime", str]


async def backorders(
    connection: AsyncConnection, at: datetime, *, sku: str | None, cursor: str | None, limit: int
) -> Page[Backorder]:
    """Who waits at a moment; raises `InvalidInput` for a cursor that is not ours."""
    after = _read(cursor) if cursor is not None else None
    if not storable(sku):
        return Page([], None)
    if sku is None:
        found = await connection.execute(_HEADS, {"at": at})
    else:
        found = await connection.execute(_HEADS_WANTING, {"at": at, "of_sku": sku})
    ranked = sorted(((_rank(row), row) for row in found), key=lambda pair: pair[0])
    rows = [row for rank, row in ranked if after is None or rank > after][: limit + 1]
    needs = await _needs(connection, (row.key for row in rows))
    return page_of("backorders", rows, limit, view=lambda row: _backorder(row, needs[row.key]), place=_place)


def _rank(row: Row[*tuple[Any, ...]]) -> _Rank:
    """As `models.policy.stock.queueing.order_of_service` has it."""
    return -row.demand.priority, row.demand.placed_at or row.opened_at, row.key


def _place(row: Row[*tuple[Any, ...]]) -> Place:
    priority, moment, key = _rank(row)
    return priority, moment.isoformat(), key


def _read(cursor: str) -> _Rank:
    priority, moment, key = read_place("backorders", cursor, int, str, str)
    return int(priority), moment_of(moment), str(key)


async def _needs(connection: AsyncConnection, keys: Iterable[str]) -> defaultdict[str, list[Need]]:
    found: defaultdict[str, list[Need]] = defaultdict(list)
    for row in await connection.execute(_NEEDS, {"keys": list(keys)}):
        found[row.reservation_key].append(Need(line_id=row.line_id, sku=row.sku, quantity=row.quantity))
    return found


def _backorder(row: Row[*tuple[Any, ...]], needs: Iterable[Need]) -> Backorder:
    return Backorder(
        key=row.key,
        order_id=row.order_id,
        needs=tuple(needs),
        demand=row.demand,
        state=ReservationState.PENDING,
        since=row.opened_at,
        expected_at=row.expected_at,
        deadline=row.deadline,
    )
