"""Parcels that left before their shelf was counted, and are told only afterwards: the count has seen it already."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from activities.adapters.store.stock.movements import Document, Movement, Spot, move
from activities.adapters.store.stock.tables import stock_balances
from models.stock.quantities import MovementKind, StockState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.stock.life import Step

_b = stock_balances.c
# In the order in which balances are moved, and locked whether counted or not: nobody may count before we have moved.
_COUNTED = (
    select(_b.sku, _b.node, _b.lot, _b.counted_at)
    .where(_b.sku.in_(bindparam("skus", expanding=True)), _b.node.in_(bindparam("nodes", expanding=True)))
    .order_by(_b.sku, _b.node, _b.lot)
    .with_for_update()
)


async def credit(connection: AsyncConnection, step: Step, left_at: datetime, document: Document) -> None:
    """Give back what a later count has taken off already; the step then takes it off as what has left.

    Args:
        connection: a transaction that has the claim locked and is about to write the step.
        step: takes goods off their shelves.
        left_at: when they left.
        document: what the step is written for.

    Raises:
        BalanceRefused: a balance is not there.
    """
    gone: Counter[Spot] = Counter()
    for shift in step.shifts:
        if shift.state is StockState.ON_HAND and shift.quantity < 0:
            gone[shift.place.sku, shift.place.node, shift.place.lot] -= shift.quantity
    asked = {"skus": sorted({spot[0] for spot in gone}), "nodes": sorted({spot[1] for spot in gone})}
    rows = (await connection.execute(_COUNTED, asked)).all()
    counted = {(row.sku, row.node, row.lot) for row in rows if row.counted_at is not None and row.counted_at > left_at}
    back = [
        Movement(sku, node, StockState.ON_HAND, quantity, lot=lot)
        for (sku, node, lot), quantity in sorted(gone.items())
        if (sku, node, lot) in counted
    ]
    await move(connection, replace(document, kind=MovementKind.COUNT), back)
