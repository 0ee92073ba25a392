"""Goods to sell, for a benchmark."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from models.stock.events import GoodsReceived, StockLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from activities.ports.stock import StockLedger


async def receive(ledger: StockLedger, node: str, pieces: Mapping[str, int]) -> None:
    """Receive so many pieces of each article at a node, which is made where there is none of that name."""
    lines = tuple(StockLine(sku=sku, quantity=quantity) for sku, quantity in pieces.items() if quantity)
    if lines:
        event = GoodsReceived(
            event_id=uuid4().hex, occurred_at=datetime.now(UTC), node=node, lines=lines, reason="benchmark"
        )
        await ledger.apply(event, source="bench")
