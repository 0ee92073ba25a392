"""A shop with a stock ledger, and short ways of saying what is done in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from activities.adapters.store.stock_audit import StockAudit, audit
from activities.adapters.store.stock_ledger import SqlStockLedger
from models.stock import (
    Balance,
    Consumption,
    MovementKind,
    Need,
    ReservationAnswer,
    ReservationRelease,
    ReservationRequest,
    Shipped,
    StockCount,
)

if TYPE_CHECKING:
    from activities.adapters.store.database import Database

ORDER = "order:b2b:1"


class Shop:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.ledger = SqlStockLedger(database)

    async def receive(self, sku: str, quantity: int, *, node: str = "north", key: str | None = None) -> None:
        key = key or f"receipt/{node}/{sku}"
        kind = MovementKind.RECEIPT
        await self.ledger.count(
            StockCount(key=key, node=node, sku=sku, quantity=quantity, kind=kind, reason="delivery")
        )

    async def adjust(self, sku: str, quantity: int, *, key: str, node: str = "north") -> None:
        kind = MovementKind.ADJUSTMENT
        await self.ledger.count(StockCount(key=key, node=node, sku=sku, quantity=quantity, kind=kind, reason="count"))

    async def reserve(self, key: str, *needs: tuple[str, str, int], order: str = ORDER) -> ReservationAnswer:
        """Each need is a line, an article and a quantity."""
        wanted = tuple(Need(line_id=line, sku=sku, quantity=quantity) for line, sku, quantity in needs)
        return await self.ledger.reserve(ReservationRequest(key=key, order_id=order, needs=wanted))

    async def release(self, key: str, *, order: str = ORDER) -> None:
        await self.ledger.release(ReservationRelease(reservation_key=key, order_id=order, reason="cancelled"))

    async def consume(
        self, key: str, reservation: str, *items: tuple[str, str, int], node: str = "north", order: str = ORDER
    ) -> None:
        """Each item is a line, an article and a quantity."""
        shipped = tuple(Shipped(line_id=line, sku=sku, quantity=quantity, node=node) for line, sku, quantity in items)
        await self.ledger.consume(Consumption(key=key, reservation_key=reservation, order_id=order, items=shipped))

    async def shelf(self, sku: str, node: str = "north") -> tuple[int, int]:
        """On hand and reserved."""
        (balance,) = [one for one in await self.balances(sku) if one.node == node]
        return balance.on_hand, balance.reserved

    async def balances(self, *skus: str) -> tuple[Balance, ...]:
        return await self.ledger.balances(skus)

    async def audit(self) -> StockAudit:
        return await audit(self.database)


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)
