"""What stores sell over their counters, from the movements of their tills."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, bindparam, cast, func, literal, select

from activities.adapters.store.stock.tables import stock_movements
from models.policy.stock.rules import first_for
from models.stock.quantities import MovementKind, StockState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.policy.stock.rules import StockRules

_m = stock_movements.c
_SOLD = (
    select(_m.sku, _m.node, cast(-func.sum(_m.quantity), BigInteger).label("sold"))
    .where(_m.sku.in_(bindparam("skus", expanding=True)), _m.at >= bindparam("since", type_=_m.at.type))
    .where(_m.kind == literal(MovementKind.SALE.value), _m.state == literal(StockState.ON_HAND.value))
    .group_by(_m.sku, _m.node)
)


async def daily_sales(
    connection: AsyncConnection, rules: StockRules, skus: Iterable[str], now: datetime
) -> dict[str, dict[str, float]]:
    """What each node's counter sells of these articles in a day, by article and node.

    Asked for only where a rule looks at it, over as many days as demand is looked back at.
    """
    risks = ((sku, first_for(rules.availability.store_risk, sku)) for sku in skus)
    asked = sorted({sku for sku, risk in risks if risk is not None and risk.cover_days})
    if not asked:
        return {}
    days = rules.replenishment.history_days
    found: dict[str, dict[str, float]] = {}
    for row in await connection.execute(_SOLD, {"skus": asked, "since": now - timedelta(days=days)}):
        found.setdefault(row.sku, {})[row.node] = row.sold / days
    return found
