"""Files of orders, taken in part by part."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from temporalio import activity

from activities.attempts import shows_itself
from models.batch.batch import Progress

if TYPE_CHECKING:
    from activities.records.batches import Importing, OrderStarter
    from models.order.order import Order

ORDERS_A_PART = 40
"""Orders in one part: their transaction keeps nobody waiting for long, and they are all started in time."""
_NAP_S = 0.002
_BUSY_S = 0.001
"""Work done by others in a nap, above which they are to have what follows too."""
_GIVING_WAY_S = 2.0
"""Longest pause before an order: a file gives way to everybody, and still gets on."""


class BatchActivities:
    """Verbs over files of orders."""

    def __init__(self, importing: Importing, starter: OrderStarter, *, orders_a_part: int = ORDERS_A_PART) -> None:
        """Take files in here, and start their orders there."""
        self._importing = importing
        self._starter = starter
        self._orders_a_part = orders_a_part

    @activity.defn(name="batches.take_part")
    @shows_itself
    async def take_part(self, batch_id: str) -> Progress:
        """Take in what follows what was taken in; repeated after a crash it goes on where the last part ended."""
        part = await self._importing.take_part(batch_id, orders=self._orders_a_part, beat=activity.heartbeat)
        await self._start(part.new_orders)
        return part.progress

    @activity.defn(name="batches.cancel")
    async def cancel(self, batch_id: str) -> None:
        await self._importing.cancel(batch_id)

    async def _start(self, orders: tuple[Order, ...]) -> None:
        """Start the orders one by one; what cannot be started now the sweep starts, as where a start was lost."""
        started = []
        for order in orders:
            activity.heartbeat()
            await _give_way()
            if await self._starter.start(order):
                started.append(order.id)
        await self._importing.note_started(started)


async def _give_way() -> None:
    """Wait until this process has nothing to do: of what it holds already, it does not know whose turn comes first."""
    begun = time.monotonic()
    while time.monotonic() - begun < _GIVING_WAY_S:
        worked = time.process_time()
        await asyncio.sleep(_NAP_S)
        if time.process_time() - worked < _BUSY_S:
            return
