"""What one ordinary prepaid order costs, beside a bare workflow with as many remote activities, in the same run."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from temporalio.api.enums.v1 import EventType

from ops.bench.measuring import actions, cpu_seconds
from ops.bench.runs import bare_workers, carry_out, order_workers, run_bare
from ops.bench.stand import temporal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from temporalio.client import Client

    from ops.bench.stand import Server

_AT_ONCE = 8
_WARM_UP = 5
_SETTLE_S = 2.0


class Cost(BaseModel):
    """What one execution cost, on average."""

    model_config = ConfigDict(frozen=True)

    events: float
    workflow_tasks: float
    remote_activities: float
    local_activities: float
    actions: float
    """Counted by the Temporal server; Temporal Cloud bills no more."""
    server_cpu_s: float
    worker_cpu_s: float
    per_second: float
    """How many ended a second, eight at a time, on all cores together with everything else in the run."""


class OrderBench(BaseModel):
    """An order beside the bare workflow. `cpu_ratio` counts server and worker together."""

    model_config = ConfigDict(frozen=True)

    orders: int
    order: Cost
    bare: Cost
    cpu_ratio: float
    throughput_ratio: float
    actions: float
    events: float
    workflow_tasks: float


async def bench_order(orders: int = 60) -> OrderBench:
    """Carry out so many ordinary prepaid orders of one shipment, and as many bare workflows.

    The Temporal server, the sandbox partners and the workers are processes of their own. What the partners and this
    process itself cost is not counted.
    """
    with TemporaryDirectory(prefix="orderloom-bench-") as name:
        folder = Path(name)
        async with temporal(folder) as server:
            async with order_workers(folder, server) as pid:
                order = await _measured(server, pid, orders, lambda number: carry_out(server.client, number))
            calls = round(order.remote_activities)
            async with bare_workers(folder, server) as pid:
                bare = await _measured(server, pid, orders, lambda number: run_bare(server.client, number, calls))
    cost = order.server_cpu_s + order.worker_cpu_s
    return OrderBench(
        orders=orders,
        order=order,
        bare=bare,
        cpu_ratio=round(cost / (bare.server_cpu_s + bare.worker_cpu_s), 2),
        throughput_ratio=round(order.per_second / bare.per_second, 2),
        actions=order.actions,
        events=order.events,
        workflow_tasks=order.workflow_tasks,
    )


async def _measured(server: Server, worker: int, runs: int, run: Callable[[int], Awaitable[str]]) -> Cost:
    await _all([run(number) for number in range(_WARM_UP)])
    await asyncio.sleep(_SETTLE_S)
    before = (cpu_seconds(server.pid), cpu_seconds(worker), await actions(server.metrics_url))
    began = time.monotonic()
    ids = await _all([run(_WARM_UP + number) for number in range(runs)])
    seconds = time.monotonic() - began
    await asyncio.sleep(_SETTLE_S)
    after = (cpu_seconds(server.pid), cpu_seconds(worker), await actions(server.metrics_url))
    events = sum([await _events(server.client, workflow_id) for workflow_id in ids], Counter())
    server_cpu, worker_cpu, acted = (end - start for start, end in zip(before, after, strict=True))
    return Cost(
        events=_each(events.total(), runs),
        workflow_tasks=_each(events["WORKFLOW_TASK_COMPLETED"], runs),
        remote_activities=_each(events["ACTIVITY_TASK_SCHEDULED"], runs),
        local_activities=_each(events["MARKER_RECORDED"], runs),
        actions=_each(acted, runs),
        server_cpu_s=_each(server_cpu, runs),
        worker_cpu_s=_each(worker_cpu, runs),
        per_second=round(runs / seconds, 2),
    )


def _each(total: float, runs: int) -> float:
    return round(total / runs, 4)


async def _all(work: list[Awaitable[str]]) -> list[str]:
    slots = asyncio.Semaphore(_AT_ONCE)

    async def one(item: Awaitable[str]) -> str:
        async with slots:
            return await item

    return list(await asyncio.gather(*(one(item) for item in work)))


async def _events(client: Client, workflow_id: str) -> Counter[str]:
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    return Counter(EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events)
