"""One real Temporal server that skips time for all stories of sending; a stage and its workers for each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from tests.promises.fulfilment.stage import Stage, ports
from tests.promises.orders.conftest import skipping_server
from workers.assembly import Workers


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    async with await skipping_server() as env:
        yield env


@pytest_asyncio.fixture(loop_scope="session")
async def stage(skipping: WorkflowEnvironment) -> AsyncIterator[Stage]:
    stage = Stage(client=skipping.client)
    async with Workers(skipping.client, **ports(stage)).running():
        yield stage


@pytest_asyncio.fixture(loop_scope="session")
async def client(skipping: WorkflowEnvironment) -> Client:
    return skipping.client
