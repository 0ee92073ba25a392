"""One real Temporal server for all stories; a world with a connected channel for each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from tests.promises.orders.conftest import local_server
from tests.promises.telling_channels.shop import ConnectedWorld, connected
from workers.assembly import Workers


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    async with await local_server() as env:
        yield env


@pytest_asyncio.fixture(loop_scope="session")
async def world(server: WorkflowEnvironment) -> AsyncIterator[ConnectedWorld]:
    world = ConnectedWorld(client=server.client)
    async with Workers(server.client, **connected(world)).running():
        yield world


@pytest_asyncio.fixture(loop_scope="session")
async def client(server: WorkflowEnvironment) -> Client:
    return server.client
