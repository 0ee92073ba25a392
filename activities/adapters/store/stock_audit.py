"""Whether the ledger is right: movements against balances, balances against reservations, and nothing oversold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, case, cast, func, select, true

from activities.adapters.store.stock_tables import reservation_lines, stock_balances, stock_movements
from models.stock import StockState

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database

Levels = dict[tuple[str, str], tuple[int, int]]
"""On hand and reserved, by SKU and node."""


@dataclass(frozen=True)
class StockAudit:
    """What is wrong, counted in units; all zero where the ledger is right."""

    oversold: int
    """Reserved or promised beyond what is on hand, or a quantity below nothing."""
    leaked: int
    """Reserved in a balance without an open reservation line for it, or open in a line and not reserved."""
    drifted: int
    """Between a balance and the sum of its movements."""

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.oversold or self.leaked or self.drifted)


async def audit(database: Database, sku: str | None = None) -> StockAudit:
    """Read the ledger of one article, or of all, and compare; meant for when nobody writes to it meanwhile."""
    async with database.reading() as connection:
        kept = await _kept(connection, sku)
        moved = await _moved(connection, sku)
        promised = await _promised(connection, sku)
    places = kept.keys() | moved.keys() | promised.keys()
    nothing = (0, 0)
    return StockAudit(
        oversold=sum(
            max(reserved - on_hand, promised.get(place, 0) - on_hand, -reserved, -on_hand, 0)
            for place, (on_hand, reserved) in kept.items()
        ),
        leaked=sum(abs(kept.get(place, nothing)[1] - promised.get(place, 0)) for place in places),
        drifted=sum(
            abs(a - b)
            for place in places
            for a, b in zip(kept.get(place, nothing), moved.get(place, nothing), strict=True)
        ),
    )


async def _kept(connection: AsyncConnection, sku: str | None) -> Levels:
    balance = stock_balances.c
    wanted = select(balance.sku, balance.node, balance.on_hand, balance.reserved).where(_of(balance.sku, sku))
    return {(row.sku, row.node): (row.on_hand, row.reserved) for row in await connection.execute(wanted)}


async def _moved(connection: AsyncConnection, sku: str | None) -> Levels:
    movement = stock_movements.c
    sums = [
        cast(func.sum(case((movement.state == state, movement.quantity), else_=0)), BigInteger).label(state)
        for state in (StockState.ON_HAND, StockState.RESERVED)
    ]
    wanted = (
        select(movement.sku, movement.node, *sums).where(_of(movement.sku, sku)).group_by(movement.sku, movement.node)
    )
    return {(row.sku, row.node): (row.on_hand, row.reserved) for row in await connection.execute(wanted)}


async def _promised(connection: AsyncConnection, sku: str | None) -> dict[tuple[str, str], int]:
    line = reservation_lines.c
    total = cast(func.sum(line.quantity - line.consumed - line.released), BigInteger).label("open")
    wanted = select(line.sku, line.node, total).where(_of(line.sku, sku)).group_by(line.sku, line.node)
    return {(row.sku, row.node): row.open for row in await connection.execute(wanted)}


def _of(column: ColumnElement[str], sku: str | None) -> ColumnElement[bool]:
    return true() if sku is None else column == sku
