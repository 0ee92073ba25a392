"""Comparing what lies on our shelves with what a warehouse or the ERP says lies there."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, cast, func, select

from activities.adapters.store.stock.books.concerned import orders_at
from activities.adapters.store.stock.books.difference_rows import Scope, keep
from activities.adapters.store.stock.books.discrepancies import Discrepancy
from activities.adapters.store.stock.books.snapshots import snapshot
from activities.adapters.store.stock.tables import stock_balances
from models.stock.quantities import StockState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from activities.adapters.store.stock.movements import Spot
    from models.partners.warehouse import NodeCount
    from models.policy.stock.rules import DriftRules
    from models.stock.differences import Difference, DifferenceKind

_b = stock_balances.c


async def compare(
    database: Database, rules: DriftRules, kind: DifferenceKind, theirs: tuple[NodeCount, ...], now: datetime
) -> tuple[Difference, ...]:
    """Compare what is on hand, lots together, with another's books, and write down where they differ.

    A node that they do not mention is not compared; an article that they do not mention at a node that they do, counts
    as none there.

    Returns:
        What has differed in as many comparisons in a row as the rules ask for.

    Raises:
        Transient: the database is too busy.
    """
    nodes = sorted({one.node for one in theirs})
    counted: Counter[tuple[str, str]] = Counter()
    for one in theirs:
        counted[one.sku, one.node] += one.quantity
    async with snapshot(database) as connection:
        ours = await _on_hand(connection, nodes)
        found = [
            Discrepancy(kind, sku, node, "", StockState.ON_HAND.value, ours.get((sku, node), 0), counted[sku, node])
            for sku, node in sorted(ours.keys() | counted.keys())
            if ours.get((sku, node), 0) != counted[sku, node]
        ]
        orders = _lots_together(await orders_at(connection, ((one.sku, one.node) for one in found)))
    kept = await keep(database, Scope((kind,), now, tuple(nodes)), found, orders)
    return tuple(one for one in kept if one.times_seen >= rules.seen_before_shown)


async def _on_hand(connection: AsyncConnection, nodes: Collection[str]) -> dict[tuple[str, str], int]:
    total = cast(func.sum(_b.on_hand), BigInteger)
    wanted = select(_b.sku, _b.node, total.label("on_hand")).where(_b.node.in_(nodes)).group_by(_b.sku, _b.node)
    return {(row.sku, row.node): row.on_hand for row in await connection.execute(wanted.having(total > 0))}


def _lots_together(orders: Mapping[Spot, Collection[str]]) -> dict[Spot, list[str]]:
    together: defaultdict[Spot, set[str]] = defaultdict(set)
    for (sku, node, _lot), some in orders.items():
        together[sku, node, ""].update(some)
    return {spot: sorted(some) for spot, some in together.items()}
