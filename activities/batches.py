"""Files of orders, taken in part by part."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from temporalio import activity

from models.batch.batch import Progress

if TYPE_CHECKING:
    from activities.batch_records import Importing, OrderStarter
    from models.order.order import Order

ORDERS_A_PART = 100
"""Orders in one part: their transaction keeps nobody waiting for long."""
_AT_ONCE = 8
"""Workflows started side by side."""


class BatchActivities:
    """Verbs over files of orders."""

    def __init__(self, importing: Importing, starter: OrderStarter, *, orders_a_part: int = ORDERS_A_PART) -> None:
        """Take files in here, and start their orders there."""
        self._importing = importing
        self._starter = starter
        self._orders_a_part = orders_a_part

    @activity.defn(name="batches.take_part")
    async def take_part(self, batch_id: str) -> Progress:
        """Take in what follows what was taken in; repeated after a crash it goes on where the last part ended."""
        part = await self._importing.take_part(batch_id, orders=self._orders_a_part, beat=activity.heartbeat)
        await self._start(part.new_orders)
        return part.progress

    @activity.defn(name="batches.cancel")
    async def cancel(self, batch_id: str) -> None:
        await self._importing.cancel(batch_id)

    async def _start(self, orders: tuple[Order, ...]) -> None:
        limit = asyncio.Semaphore(_AT_ONCE)

        async def start(order: Order) -> str | None:
            async with limit:
                activity.heartbeat()
                return order.id if await self._starter.start(order) else None

        # What could not be started now is started by the sweep, like any order whose start was lost.
        started = await asyncio.gather(*map(start, orders))
        await self._importing.note_started(order_id for order_id in started if order_id is not None)
