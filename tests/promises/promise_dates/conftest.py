"""A server for stories that happen now, and one that skips time for those that take days; both promise from Berlin."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from tests.promises.orders.conftest import local_server, skipping_server
from tests.promises.orders.world import World, ports
from tests.promises.promise_dates.promised import BERLIN, RULES
from workers.assembly import Workers

AT_ONCE = RULES.model_copy(update={"settle_minutes": 0})


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    async with await local_server() as env:
        yield env


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    async with await skipping_server() as env:
        yield env


@pytest_asyncio.fixture(loop_scope="session")
async def world(server: WorkflowEnvironment) -> AsyncIterator[World]:
    """Changes are told at once here."""
    world = World(client=server.client, senders=(BERLIN,), promises=AT_ONCE)
    async with Workers(server.client, **ports(world)).running():
        yield world


@pytest_asyncio.fixture(loop_scope="session")
async def client(server: WorkflowEnvironment) -> Client:
    return server.client
