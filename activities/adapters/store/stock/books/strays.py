"""Reservations that nobody will ever settle: their order is over or unknown, or their time has long run out."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from activities.adapters.store.stock.books.discrepancies import Discrepancy
from activities.adapters.store.stock.tables import reservation_lines, reservations
from activities.adapters.store.tables.orders import orders
from models.states.lifecycle import LIFECYCLE, Lifecycle
from models.stock.differences import DifferenceKind
from models.stock.quantities import StockState
from models.stock.reservation import ReservationState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.stock.movements import Spot

_SETTLES_WITHIN = timedelta(minutes=1)
"""An order that has just begun, or just ended, may not have written or settled everything yet."""
_SWEPT_WITHIN = timedelta(minutes=10)
"""What has expired is let go by then, or the sweep does not run."""
_ENDED = [state.value for state in Lifecycle if LIFECYCLE.is_final(state)]
_PROMISED = {
    ReservationState.HELD.value: StockState.SOFT_RESERVED,
    ReservationState.COMMITTED.value: StockState.ALLOCATED,
}
_o, _r, _l = orders.c, reservations.c, reservation_lines.c
_open = _l.quantity - _l.consumed - _l.released


async def strays(connection: AsyncConnection, now: datetime) -> list[Discrepancy]:
    """Open reservations that are leaked, and held ones that are overdue, by balance; each names its orders."""
    settled = now - _SETTLES_WITHIN
    over = and_(_o.lifecycle.in_(_ENDED), _o.updated_at < settled)
    unknown = and_(_o.id.is_(None), _r.opened_at < settled)
    late = and_(_r.state == ReservationState.HELD.value, _r.expires_at < now - _SWEPT_WITHIN)
    return [
        *await _open_where(connection, DifferenceKind.LEAKED, or_(over, unknown)),
        *await _open_where(connection, DifferenceKind.OVERDUE, late),
    ]


async def _open_where(
    connection: AsyncConnection, kind: DifferenceKind, stray: ColumnElement[bool]
) -> list[Discrepancy]:
    wanted = (
        select(_l.sku, _l.node, _l.lot, _r.state, _r.order_id, _open.label("open"))
        .select_from(reservations.join(reservation_lines).outerjoin(orders, _o.id == _r.order_id))
        .where(_r.state.in_(list(_PROMISED)), _open > 0, stray)
    )
    units: defaultdict[tuple[Spot, StockState], int] = defaultdict(int)
    touched: defaultdict[tuple[Spot, StockState], set[str]] = defaultdict(set)
    for row in await connection.execute(wanted):
        place = (row.sku, row.node, row.lot), _PROMISED[row.state]
        units[place] += row.open
        touched[place].add(row.order_id)
    return [
        Discrepancy(kind, *spot, state.value, ours=total, theirs=0, orders=tuple(sorted(touched[spot, state])))
        for (spot, state), total in units.items()
    ]
