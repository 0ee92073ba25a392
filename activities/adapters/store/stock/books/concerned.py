"""Whose goods lie in a balance: the orders that a difference there concerns."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select, tuple_, union

from activities.adapters.store.stock.tables import reservation_lines, reservations, stock_movements
from models.stock.quantities import PROMISED
from models.stock.reservation import ReservationState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.stock.movements import Spot

_AT_ONCE = 200
_m, _l, _r = stock_movements.c, reservation_lines.c, reservations.c
_OPEN = [ReservationState.HELD.value, ReservationState.COMMITTED.value]


async def orders_at(connection: AsyncConnection, articles: Iterable[tuple[str, str]]) -> dict[Spot, list[str]]:
    """The orders, in order, with something open in each balance of these articles and nodes.

    Those count too for which the movements say that something is promised: the row that differs may be the very one
    that named the order.
    """
    wanted = sorted(set(articles))
    found: defaultdict[Spot, list[str]] = defaultdict(list)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        lines = (
            select(_l.sku, _l.node, _l.lot, _r.order_id)
            .select_from(reservation_lines.join(reservations))
            .where(tuple_(_l.sku, _l.node).in_(some), _r.state.in_(_OPEN))
            .where(_l.quantity > _l.consumed + _l.released)
        )
        moved = (
            select(_m.sku, _m.node, _m.lot, _m.order_id)
            .where(tuple_(_m.sku, _m.node).in_(some), _m.order_id.is_not(None))
            .where(_m.state.in_([state.value for state in PROMISED]))
            .group_by(_m.sku, _m.node, _m.lot, _m.order_id)
            .having(func.sum(_m.quantity) != 0)
        )
        for sku, node, lot, order_id in await connection.execute(union(lines, moved)):
            found[sku, node, lot].append(order_id)
    return {spot: sorted(orders) for spot, orders in found.items()}
