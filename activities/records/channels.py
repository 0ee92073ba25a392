"""Ports to what our own records say of orders that their channels speak of again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from models.order.channel_news import Known


class KnownOrders(Protocol):
    """Orders as we know them, returns and all."""

    async def known(self, order_id: str) -> Known:
        """Say what we know of an order; raises `models.errors.NotFound`."""
