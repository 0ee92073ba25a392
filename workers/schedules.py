"""What runs by itself, and how often: Temporal Schedules, made and kept up to date by every worker that starts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from temporalio.client import (
    Schedule,
    ScheduleActionExecutionStartWorkflow,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
)

from workflows.queues import ORDERS
from workflows.regular import RECONCILIATION, STOCK_CHECK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from temporalio.client import Client, ScheduleHandle, ScheduleUpdateInput

    from models.partners.polling import Polling

log = structlog.get_logger()


@dataclass(frozen=True)
class Regular:
    """Something that is done again and again; one run is never begun while another is at it."""

    id: str
    workflow: str
    summary: str
    """What the Temporal Web UI shows beside a run."""
    every: timedelta
    within: timedelta
    """After so long a run is given up: one that hangs must not keep the next from starting."""
    at_start: bool = False
    """Whether it is done at once when a worker starts as well."""
    start: Polling | None = None
    """What a run is started with."""


REGULARLY = (
    Regular(
        id="stock-keeping",
        workflow="StockKeepingWorkflow",
        summary="let go of what has run out, move ring-fences, serve backorders",
        every=timedelta(seconds=30),
        within=timedelta(minutes=10),
    ),
    Regular(
        id=STOCK_CHECK,
        workflow="StockCheckWorkflow",
        summary="compare stock with the warehouse, the ERP and itself",
        every=timedelta(minutes=15),
        within=timedelta(minutes=30),
        at_start=True,
    ),
    Regular(
        id="replenishment",
        workflow="ReplenishmentWorkflow",
        summary="buy what runs short, move what lies elsewhere",
        every=timedelta(minutes=5),
        within=timedelta(minutes=30),
    ),
    Regular(
        id=RECONCILIATION,
        workflow="ReconciliationWorkflow",
        summary="compare orders with what our partners have written down about them",
        every=timedelta(minutes=15),
        within=timedelta(hours=2),
    ),
)


_POLLING = ("feed-", "orders-")
"""How the schedules of what is polled are called."""


def polls(polled: Iterable[Polling]) -> list[Regular]:
    """See that each feed is always being read."""
    return [
        Regular(
            id=polling.feed,
            workflow="PollingWorkflow",
            summary=f"read {polling.feed}",
            # A run reads for an hour: this is how soon the next one begins after it, or after it failed.
            every=timedelta(seconds=15),
            within=timedelta(hours=2),
            at_start=True,
            start=polling,
        )
        for polling in polled
    ]


async def drop_polls(client: Client, polled: Iterable[Polling]) -> None:
    """End the schedules, and the runs, of feeds that are polled no more.

    Raises:
        RPCError: the server refused.
    """
    wanted = {polling.feed for polling in polled}
    async for listed in await client.list_schedules():
        if listed.id.startswith(_POLLING) and listed.id not in wanted:
            handle = client.get_schedule_handle(listed.id)
            running = (await handle.describe()).info.running_actions
            await handle.delete()
            for action in running:
                if isinstance(action, ScheduleActionExecutionStartWorkflow):
                    await client.get_workflow_handle(action.workflow_id).cancel()
            log.info("schedule ended", schedule=listed.id)


async def keep_schedules(client: Client, regularly: Iterable[Regular] = REGULARLY) -> None:
    """Make the schedules that are missing, and bring those that differ up to date.

    Several workers may do so at once. A schedule that somebody has paused stays paused.

    Raises:
        RPCError: the server refused.
    """
    await asyncio.gather(*(_make(client, regular) for regular in regularly))


async def _make(client: Client, regular: Regular) -> None:
    try:
        # The first run is at the next round moment; what is to be done at the start is triggered with it.
        await client.create_schedule(regular.id, _schedule(regular), trigger_immediately=regular.at_start)
    except ScheduleAlreadyRunningError:
        await _keep(client.get_schedule_handle(regular.id), regular)
    else:
        log.info("schedule made", schedule=regular.id, every_s=regular.every.total_seconds())


async def _keep(handle: ScheduleHandle, regular: Regular) -> None:
    found = (await handle.describe()).schedule
    if not _is_same(found, _schedule(regular)):

        def renewed(update: ScheduleUpdateInput) -> ScheduleUpdate:
            schedule = _schedule(regular)
            schedule.state = update.description.schedule.state
            return ScheduleUpdate(schedule)

        await handle.update(renewed)
        log.info("schedule changed", schedule=regular.id, every_s=regular.every.total_seconds())
    if regular.at_start and not found.state.paused:
        await handle.trigger(overlap=ScheduleOverlapPolicy.SKIP)


def _schedule(regular: Regular) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            regular.workflow,
            *([regular.start] if regular.start is not None else []),
            id=regular.id,
            task_queue=ORDERS,
            execution_timeout=regular.within,
            static_summary=regular.summary,
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=regular.every)]),
        # What was missed while nobody worked need not be done again and again: the next run does all of it.
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=max(regular.every, _LEAST_CATCH_UP)),
    )


_LEAST_CATCH_UP = timedelta(seconds=10)
"""The shortest that the server allows."""


def _is_same(found: Schedule, wanted: Schedule) -> bool:
    return (
        found.spec.intervals == wanted.spec.intervals
        and found.policy == wanted.policy
        and _action(found) == _action(wanted)
    )


def _action(schedule: Schedule) -> tuple[object, ...]:
    action = schedule.action
    if not isinstance(action, ScheduleActionStartWorkflow):
        return ()
    return action.workflow, action.id, action.task_queue, action.execution_timeout
