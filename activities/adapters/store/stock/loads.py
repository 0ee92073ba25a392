"""How much the nodes have to do today, as every process remembers it for a moment: a capacity is no more exact."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, func, select

from activities.adapters.store.stock.tables import reservation_lines, reservations
from models.stock.nodes import NodeLoad

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Pool
    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.stock.nodes import Node

_FRESH_S = 2.0
_r, _l = reservations.c, reservation_lines.c
_LOADS = (
    select(_l.node, func.count(_r.order_id.distinct()).label("orders"))
    .join(reservations, _r.key == _l.reservation_key)
    .where(_r.opened_at >= bindparam("since", type_=_r.opened_at.type), _l.quantity > _l.released)
    .where(_l.node.in_(bindparam("at_nodes", expanding=True)))
    .group_by(_l.node)
)
_Asked = tuple["datetime", tuple[str, ...]]

_remembered: WeakKeyDictionary[Pool, tuple[_Asked, float, tuple[NodeLoad, ...]]] = WeakKeyDictionary()


async def todays_loads(connection: AsyncConnection, nodes: Sequence[Node], at: datetime) -> tuple[NodeLoad, ...]:
    """Orders that came today and have something promised at a node; of nodes with a capacity only.

    A day is one by UTC, for nodes of several time zones are asked at once.
    """
    limited = tuple(sorted(node.name for node in nodes if node.capacity is not None))
    if not limited:
        return ()
    since = at - timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
    asked = (since, limited)
    pool = connection.engine.sync_engine.pool
    found = _remembered.get(pool)
    if found is None or found[0] != asked or time.monotonic() > found[1]:
        rows = await connection.execute(_LOADS, {"since": since, "at_nodes": list(limited)})
        loads = tuple(NodeLoad(node=row.node, orders=row.orders) for row in rows)
        _remembered[pool] = found = (asked, time.monotonic() + _FRESH_S, loads)
    return found[2]


def forget_loads() -> None:
    """Count again when they are asked for next."""
    _remembered.clear()
