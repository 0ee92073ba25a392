"""A real Temporal server that skips time, and books of our own that stumble over an order or a return."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from tests.promises.orders.conftest import skipping_server
from tests.promises.orders.world import World, ports
from workers.assembly import Workers


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    async with await skipping_server() as env:
        yield env


@pytest_asyncio.fixture(loop_scope="session")
async def client(skipping: WorkflowEnvironment) -> Client:
    return skipping.client


class Stumbling:
    """Passes on what is asked of a book, save verbs that stumble over what they read."""

    def __init__(self, book: Any, stumbles: dict[str, int]) -> None:
        self._book = book
        self._stumbles = stumbles

    def __getattr__(self, verb: str) -> Any:
        if self._stumbles.get(verb, 0) > 0:
            self._stumbles[verb] -= 1
            raise KeyError("tax_class")
        return getattr(self._book, verb)


@pytest.fixture
def stumbles() -> dict[str, int]:
    """How often each verb of our books will still stumble."""
    return defaultdict(int)


@pytest_asyncio.fixture(loop_scope="session")
async def world(client: Client, stumbles: dict[str, int]) -> AsyncIterator[World]:
    world = World(client=client)
    parts = ports(world)
    ours = {name: Stumbling(parts[name], stumbles) for name in ("stock", "book")}
    async with Workers(client, **parts | ours).running():
        yield world
