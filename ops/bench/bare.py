"""The yardstick: a workflow that does nothing but call so many remote activities that do nothing, one after another."""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.worker import Worker

QUEUE = "bare"
REMOTE_QUEUE = "bare-remote"
_WITHIN = timedelta(seconds=30)


@activity.defn(name="bare.nothing")
async def nothing(number: int) -> int:
    """Do nothing."""
    return number


@workflow.defn(name="BareWorkflow")
class BareWorkflow:
    """So many remote activities, and the end."""

    @workflow.run
    async def run(self, activities: int) -> int:
        """Call them in turn; they run on a queue of their own, as a partner's do."""
        for number in range(activities):
            await workflow.execute_activity(nothing, number, task_queue=REMOTE_QUEUE, start_to_close_timeout=_WITHIN)
        return activities


async def main() -> None:
    """Run its workers until SIGTERM."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    client = await Client.connect(**ClientConfig.load_client_connect_config())
    workflows = Worker(client, task_queue=QUEUE, workflows=[BareWorkflow])
    activities = Worker(client, task_queue=REMOTE_QUEUE, activities=[nothing])
    async with workflows, activities:
        await stopping.wait()


if __name__ == "__main__":
    asyncio.run(main())
