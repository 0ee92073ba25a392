"""A worker that reads files, as a process to be killed: ``python worker_process.py DB ADDRESS [ORDERS]``.

Once so many orders are taken in it begins no further part, so that whoever kills it on its way need not be quick.

Orders are started as a workflow of a line, so that no partner is needed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.worker import Worker

from activities.adapters.files.formats import readers
from activities.adapters.store.batches.importing import SqlImporting
from activities.adapters.store.database import Database
from activities.batches import BatchActivities
from activities.records.batches import PartTaken
from workers.starting import TemporalStarter
from workflows import batch
from workflows.plugin import OrderloomPlugin
from workflows.queues import BATCHES, ORDERS

SOON = timedelta(seconds=2)
"""A worker that was killed is missed sooner here, so that the test is shorter."""


@workflow.defn(name="OrderWorkflow", sandboxed=False)
class OrderOfALine:
    @workflow.run
    async def run(self, *_start: RawValue) -> str:
        return "taken"


class UpTo(SqlImporting):
    """Begins no further part once so many orders are taken in."""

    def __init__(self, database: Database, orders: int) -> None:
        super().__init__(database, readers())
        self._most = orders
        self._taken = 0

    async def take_part(self, batch_id: str, *, orders: int, beat: Callable[[], None]) -> PartTaken:
        if self._taken >= self._most:
            await asyncio.Event().wait()
        part = await super().take_part(batch_id, orders=orders, beat=beat)
        self._taken = part.progress.counts.orders_accepted
        return part


@asynccontextmanager
async def reading(client: Client, database: Database, orders: int = 1_000_000) -> AsyncIterator[None]:
    """Read files for as long."""
    verbs = BatchActivities(UpTo(database, orders), TemporalStarter(client), orders_a_part=10)
    async with (
        Worker(
            client,
            task_queue=ORDERS,
            workflows=[batch.BatchWorkflow, OrderOfALine],
            sticky_queue_schedule_to_start_timeout=SOON,
        ),
        Worker(client, task_queue=BATCHES, activities=[verbs.take_part, verbs.cancel]),
    ):
        yield


async def main(address: str, server: str, orders: str = "1000000") -> None:
    batch.BEAT_WITHIN = SOON
    client = await Client.connect(server, plugins=[OrderloomPlugin(traced=False)])
    async with reading(client, Database(address), int(orders)):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
