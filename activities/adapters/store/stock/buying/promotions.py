"""Promotions as they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from activities.adapters.store.stock.tables import promotions
from activities.adapters.store.stock.transaction import insert_once

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.stock.replenishment import Promotion

_p = promotions.c
_RUNNING = select(_p.promotion).where(_p.ends >= bindparam("today")).order_by(_p.ends, _p.id)
_CHANGE = (
    update(promotions)
    .where(_p.id == bindparam("of_id"))
    .values(
        sku=bindparam("new_sku"),
        ends=bindparam("new_ends"),
        promotion=bindparam("new", type_=promotions.c.promotion.type),
    )
)


async def put_promotion(connection: AsyncConnection, promotion: Promotion) -> None:
    """Add or change a promotion."""
    row = {"id": promotion.id, "sku": promotion.sku, "ends": promotion.ends, "promotion": promotion}
    if not await insert_once(connection, promotions, row):
        change = {"of_id": promotion.id, "new_sku": promotion.sku, "new_ends": promotion.ends, "new": promotion}
        await connection.execute(_CHANGE, change)


async def promotions_from(connection: AsyncConnection, today: date) -> tuple[Promotion, ...]:
    """List the promotions that have not ended, the first to end first."""
    return tuple((await connection.execute(_RUNNING, {"today": today})).scalars())
