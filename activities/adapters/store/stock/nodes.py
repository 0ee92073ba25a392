"""Nodes as they are kept, and as every process remembers them: they change seldom and are looked at by every order."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, select, update

from activities.adapters.store.clock import utc_now
from activities.adapters.store.stock.offers.offer_rows import reconsider_at
from activities.adapters.store.stock.tables import nodes
from activities.adapters.store.stock.transaction import insert_once
from models.stock.nodes import Node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Pool
    from sqlalchemy.ext.asyncio import AsyncConnection

_FRESH_S = 2.0
_ALL = select(nodes.c.node).order_by(nodes.c.priority, nodes.c.name)
_KEPT = select(nodes.c.node).where(nodes.c.name == bindparam("of_name")).with_for_update()
_CHANGE = (
    update(nodes)
    .where(nodes.c.name == bindparam("of_name"))
    .values(priority=bindparam("new_priority"), node=bindparam("new_node", type_=nodes.c.node.type))
)


@dataclass(frozen=True)
class _Remembered:
    nodes: tuple[Node, ...]
    names: frozenset[str]
    until: float


_remembered: WeakKeyDictionary[Pool, _Remembered] = WeakKeyDictionary()


async def known_nodes(connection: AsyncConnection, names: Iterable[str] = ()) -> tuple[Node, ...]:
    """Every node, the preferred first; what another process changed is seen after two seconds at the latest.

    Args:
        connection: any transaction.
        names: nodes that must be among them, since something was found there.
    """
    pool = connection.engine.sync_engine.pool
    found = _remembered.get(pool)
    if found is None or time.monotonic() > found.until or not found.names.issuperset(names):
        read = tuple((await connection.execute(_ALL)).scalars())
        found = _Remembered(read, frozenset(node.name for node in read), time.monotonic() + _FRESH_S)
        _remembered[pool] = found
    return found.nodes


async def put_node(connection: AsyncConnection, node: Node) -> None:
    """Add or change a node; call `forget_nodes` once that is committed. Channels hear what it means for its stock."""
    if await insert_once(connection, nodes, {"name": node.name, "priority": node.priority, "node": node}):
        return
    before = (await connection.execute(_KEPT, {"of_name": node.name})).scalar_one()
    if before != node:
        change = {"of_name": node.name, "new_priority": node.priority, "new_node": node}
        await connection.execute(_CHANGE, change)
        await reconsider_at(connection, node.name, utc_now())


async def ensure_nodes(connection: AsyncConnection, names: Iterable[str]) -> None:
    """Have each of these, with plain rules where it was not heard of before."""
    for name in sorted(set(names)):
        node = Node(name=name)
        await insert_once(connection, nodes, {"name": name, "priority": node.priority, "node": node})


def forget_nodes() -> None:
    """Read the nodes again when they are asked for next."""
    _remembered.clear()
