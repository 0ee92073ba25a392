"""Demand as it was: what orders reserved and shops sold, by day, article and node."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, String, and_, bindparam, case, cast, func, select

from activities.adapters.store.stock.tables import IS_DEMAND, stock_movements
from models.stock.quantities import MovementKind, StockState
from models.stock.replenishment import DemandDay, DemandHistory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

_m = stock_movements.c
_RESERVED = and_(_m.kind == MovementKind.RESERVATION.value, _m.state == StockState.SOFT_RESERVED.value, _m.quantity > 0)
_SOLD = and_(_m.kind == MovementKind.SALE.value, _m.state == StockState.ON_HAND.value, _m.quantity < 0)
WANTED = cast(func.sum(case((_RESERVED, _m.quantity), (_SOLD, -_m.quantity), else_=0)), BigInteger)
"""How much was wanted, by movements that are demand."""


async def histories(
    connection: AsyncConnection, skus: Iterable[str], at: datetime, days: int
) -> dict[tuple[str, str], DemandHistory]:
    """Read the demand for these of so many full days (UTC) and of today, by article and node.

    Articles nobody wanted are not in it; days on which nobody wanted one are.
    """
    today = at.astimezone(UTC).date()
    first = today - timedelta(days=days)
    since = datetime(first.year, first.month, first.day, tzinfo=UTC)
    day = _day(connection.dialect.name)
    asked = (
        select(_m.sku, _m.node, day.label("day"), WANTED.label("quantity"))
        .where(IS_DEMAND, _m.sku.in_(bindparam("skus", expanding=True)), _m.occurred_at >= bindparam("since"))
        .group_by(_m.sku, _m.node, day)
    )
    found: dict[tuple[str, str], Counter[date]] = {}
    for row in await connection.execute(asked, {"skus": sorted(set(skus)), "since": since}):
        if row.quantity:
            found.setdefault((row.sku, row.node), Counter())[date.fromisoformat(row.day)] += row.quantity
    return {
        (sku, node): DemandHistory(
            sku=sku,
            node=node,
            days=tuple(
                DemandDay(day=one, quantity=counts[one]) for one in (first + timedelta(days=n) for n in range(days + 1))
            ),
        )
        for (sku, node), counts in found.items()
    }


def _day(dialect: str) -> ColumnElement[str]:
    """A movement's day in UTC, as text of ISO 8601."""
    if dialect == "sqlite":
        return func.date(_m.occurred_at, type_=String)
    return func.to_char(func.timezone("UTC", _m.occurred_at), "YYYY-MM-DD", type_=String)
