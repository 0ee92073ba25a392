"""A worker that reads files, as a process of its own, so that it can be killed: ``python worker_process.py DB ADDRESS``.

Orders are started as a workflow of a line, so that no partner is needed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
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


@asynccontextmanager
async def reading(client: Client, database: Database) -> AsyncIterator[None]:
    """Read files for as long."""
    verbs = BatchActivities(SqlImporting(database, readers()), TemporalStarter(client), orders_a_part=10)
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


async def main(address: str, server: str) -> None:
    batch.BEAT_WITHIN = SOON
    client = await Client.connect(server, plugins=[OrderloomPlugin(traced=False)])
    async with reading(client, Database(address)):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
