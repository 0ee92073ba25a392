"""A defect of ours that stops an order's own code is seen in health and in metrics, and goes away with its mending."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from temporalio import workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from api.assembly import standing_still
from api.http.metrics import Metrics
from api.services import Check, Unwell
from api.temporal import Gateway
from tests.promises.api.stage import Stage
from tests.promises.orders.conftest import local_server

QUEUE, SHORT = "defects", timedelta(seconds=1)
AT_THE_FIRST = "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=1"
BROKEN = [True]


@workflow.defn(name="Broken", sandboxed=False)
class Broken:
    """Stumbles until it is mended."""

    @workflow.run
    async def run(self) -> None:
        if BROKEN:
            raise KeyError("tax_class")


async def until(gateway: Gateway, count: int) -> None:
    async with asyncio.timeout(120):
        while await gateway.standing_still() != count:
            await asyncio.sleep(0.1)


@pytest.mark.slow
async def test_a_workflow_whose_task_fails_again_and_again_is_seen() -> None:
    async with await local_server(AT_THE_FIRST) as server:
        gateway, metrics = Gateway(server.client, "orders"), Metrics()
        assert await standing_still(gateway, metrics) == "none stands still"
        async with Worker(
            server.client, task_queue=QUEUE, workflows=[Broken], workflow_runner=UnsandboxedWorkflowRunner()
        ):
            broken = await server.client.start_workflow("Broken", id="broken", task_queue=QUEUE, task_timeout=SHORT)
            await until(gateway, 1)
            with pytest.raises(Unwell, match="the tasks of 1 fail again and again"):
                await standing_still(gateway, metrics)
            assert b"orderloom_workflows_standing_still 1.0" in metrics.page()

            BROKEN.clear()
            await broken.result()
            await until(gateway, 0)
        assert await standing_still(gateway, metrics) == "none stands still"
        assert b"orderloom_workflows_standing_still 0.0" in metrics.page()


async def test_whoever_collects_metrics_has_them_counted_anew() -> None:
    async def count() -> str:
        stage.services.metrics.standing_still.set(3)
        return "counted"

    stage = Stage(checks={"workflows": Check(count)})
    answer = await stage.stranger.get("/metrics")

    assert "orderloom_workflows_standing_still 3.0" in answer.text
