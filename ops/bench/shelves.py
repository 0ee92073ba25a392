"""Many articles on many shelves, written by the database itself: two million balances in seconds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, String, cast, insert, literal, null, select, text

from activities.adapters.store.clock import utc_now
from activities.adapters.store.stock import tables
from models.stock.nodes import Node, NodeKind
from models.stock.quantities import MovementKind, StockState
from models.stock.supply import SupplyKind, SupplyState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import CTE, ColumnElement, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database

NODES = 20
_STORES = 5
_PREFIX = "BENCH-"


def sku(number: int) -> str:
    """What an article is called."""
    return f"{_PREFIX}{number}"


async def fill(database: Database, skus: int) -> None:
    """Put each of so many articles at every node, with a purchase on its way and a sale over a counter."""
    now = utc_now()
    nodes = [
        Node(name=f"node-{number:02}", kind=NodeKind.STORE if number < _STORES else NodeKind.WAREHOUSE)
        for number in range(NODES)
    ]
    article = _numbers(skus)
    named = literal(_PREFIX) + cast(article.c.n, String)
    async with database.writing() as connection:
        rows = [{"name": node.name, "priority": node.priority, "node": node} for node in nodes]
        await connection.execute(insert(tables.nodes), rows)
        for node in nodes:
            await _each(connection, tables.stock_balances, _balance(named, article, node.name))
        await _each(
            connection,
            tables.supplies,
            {
                "id": literal("PO-") + cast(article.c.n, String),
                "sku": named,
                "node": literal(nodes[-1].name),
                "lot": literal(""),
                "kind": literal(SupplyKind.PURCHASE.value),
                "state": literal(SupplyState.ORDERED.value),
                "source": null(),
                "quantity": literal(40),
                "received": literal(0),
                "ordered_at": literal(now, tables.supplies.c.ordered_at.type),
                "expected_at": literal(now + timedelta(days=7), tables.supplies.c.expected_at.type),
                "first_expected_at": literal(now + timedelta(days=7), tables.supplies.c.expected_at.type),
            },
        )
        await _each(connection, tables.stock_movements, _sale(named, nodes[0].name, now))
    async with database.writing() as connection:
        await connection.execute(text("ANALYZE"))


def _numbers(count: int) -> CTE:
    """From nothing up to below `count`."""
    first = select(literal(0, Integer).label("n")).cte("numbers", recursive=True)
    return first.union_all(select(first.c.n + 1).where(first.c.n < count - 1))


def _balance(named: ColumnElement[str], article: CTE, node: str) -> dict[str, Any]:
    levels: dict[str, Any] = {state.value: literal(0) for state in StockState}
    levels |= {
        StockState.ON_HAND.value: article.c.n % 90 + 10,
        StockState.ALLOCATED.value: article.c.n % 7,
        StockState.SOFT_RESERVED.value: article.c.n % 3,
        StockState.ON_ORDER.value: literal(40),
    }
    return {"sku": named, "node": literal(node), "lot": literal(""), **levels}


def _sale(named: ColumnElement[str], node: str, now: datetime) -> dict[str, Any]:
    at = literal(now, tables.stock_movements.c.at.type)
    return {
        "kind": literal(MovementKind.SALE.value),
        "state": literal(StockState.ON_HAND.value),
        "sku": named,
        "node": literal(node),
        "lot": literal(""),
        "quantity": literal(-7),
        "document_key": literal("bench"),
        "actor": literal("bench"),
        "occurred_at": at,
        "at": at,
    }


async def _each(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> None:
    """Insert one row an article."""
    await connection.execute(insert(table).from_select(list(values), select(*values.values())))
