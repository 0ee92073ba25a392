"""A file is read by real workers on a real server; killed with -9 at any moment, they lose nothing and double nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from activities.adapters.store.tables.orders import orders
from activities.records.batches import Batch
from models.batch.batch import BatchStart, BatchState, RowOutcome, batch_workflow_id
from tests.promises.batches.table import HEAD, Table, adds_up
from tests.promises.batches.worker_process import reading
from tests.promises.orders.conftest import local_server
from workflows.queues import ORDERS

ROOT = Path(__file__).parents[3]
WORKER = Path(__file__).with_name("worker_process.py")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    async with await local_server() as env:
        yield env


@asynccontextmanager
async def a_worker(table: Table, client: Client, *orders: int) -> AsyncIterator[asyncio.subprocess.Process]:
    address = table.database.engine.url.render_as_string(hide_password=False)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(WORKER), address, client.service_client.config.target_host, *map(str, orders)),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert process.stdout is not None
        await asyncio.wait_for(process.stdout.readline(), 180)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def begin(client: Client, batch: Batch) -> None:
    start = BatchStart(batch_id=batch.id, name=batch.source.name)
    await client.start_workflow("BatchWorkflow", start, id=batch_workflow_id(batch.id), task_queue=ORDERS)


def a_file(count: int, mark: str) -> bytes:
    rows = (
        f"{mark}-{n},2026-11-20,MUG,{'x' if n % 10 == 3 else 1},9.90\n{mark}-{n},,LAMP,1,79\n" for n in range(count)
    )
    return HEAD + "".join(rows).encode()


@pytest.mark.slow
async def test_killed_workers_take_every_row_once(table: Table, server: WorkflowEnvironment) -> None:
    mark = table.database.engine.dialect.name[:2]
    batch = await table.hand_in(a_file(200, mark))
    await begin(server.client, batch)
    for stop_at in (20, 100):
        async with a_worker(table, server.client, stop_at + 20) as worker:
            while (await table.batches.find(batch.id)).counts.orders_accepted < stop_at:
                await asyncio.sleep(0.01)
            assert not (await table.batches.find(batch.id)).state.is_over
            os.kill(worker.pid, signal.SIGKILL)
    async with a_worker(table, server.client):
        handle = server.client.get_workflow_handle(batch_workflow_id(batch.id))
        assert "400 rows, 180 orders taken in" in await asyncio.wait_for(handle.result(), 600)
    found = await table.batches.find(batch.id)
    assert found.state is BatchState.DONE
    assert adds_up(found, await table.rows(found))
    accepted = {row.order_id for row in await table.rows(found, RowOutcome.ACCEPTED)}
    async with table.database.reading() as connection:
        kept = (await connection.execute(orders.select())).all()
    assert {row.id for row in kept} == accepted
    assert len(kept) == 180
    for row in kept:
        if row.started_at is not None:
            described = await server.client.get_workflow_handle(row.id).describe()
            assert described.raw_description.workflow_execution_info.priority.priority_key == 4
            break
    lost = [row.id for row in kept if row.started_at is None]
    # What was kept and not started when its worker was killed is what the sweep finds.
    assert {order.id for order in await table.orders.unstarted(older_than_s=0, limit=1000)} == set(lost)
    assert len(lost) <= 2 * 10


async def test_its_workflow_says_how_far_it_is_and_ends_with_a_line(table: Table, server: WorkflowEnvironment) -> None:
    mark = f"w{table.database.engine.dialect.name[:2]}"
    batch = await table.hand_in(a_file(30, mark))
    async with reading(server.client, table.database):
        await begin(server.client, batch)
        handle = server.client.get_workflow_handle(batch_workflow_id(batch.id))
        assert await asyncio.wait_for(handle.result(), 120) == (
            "done; 60 rows, 27 orders taken in, 0 known before, 6 rows refused"
        )
        unreadable = await table.hand_in(b"nonsense\n")
        await begin(server.client, unreadable)
        end = await server.client.get_workflow_handle(batch_workflow_id(unreadable.id)).result()
        assert end.startswith("unreadable: the first line must name the columns")


async def test_a_signal_from_the_web_ui_stops_it_and_no_signal_harms_it(
    table: Table, server: WorkflowEnvironment
) -> None:
    batch = await table.hand_in(a_file(40, f"s{table.database.engine.dialect.name[:2]}"))
    await begin(server.client, batch)
    handle = server.client.get_workflow_handle(batch_workflow_id(batch.id))
    await handle.signal("nonsense", args=[1, 2, 3])
    await handle.signal("cancel", args=["because", "I say so"])
    async with reading(server.client, table.database):
        assert (await asyncio.wait_for(handle.result(), 120)).startswith("cancelled; 0 rows")
    assert (await table.batches.find(batch.id)).state is BatchState.CANCELLED


async def test_a_cancellation_requested_in_temporal_leaves_no_file_half_read(
    table: Table, server: WorkflowEnvironment
) -> None:
    batch = await table.hand_in(a_file(40, f"r{table.database.engine.dialect.name[:2]}"))
    await begin(server.client, batch)
    handle = server.client.get_workflow_handle(batch_workflow_id(batch.id))
    await handle.cancel()
    async with reading(server.client, table.database):
        assert (await asyncio.wait_for(handle.result(), 120)).startswith("cancelled;")
    assert (await table.batches.find(batch.id)).state is BatchState.CANCELLED


async def test_a_bad_start_fails_and_is_not_stuck(table: Table, server: WorkflowEnvironment) -> None:
    bad = f"batch:bad-{table.database.engine.dialect.name}"
    async with reading(server.client, table.database):
        handle = await server.client.start_workflow("BatchWorkflow", "no start", id=bad, task_queue=ORDERS)
        with pytest.raises(WorkflowFailureError):
            await asyncio.wait_for(handle.result(), 120)
    assert (await handle.describe()).status is WorkflowExecutionStatus.FAILED
