"""Attempts are watched on the stage of orders, with the workflows' own modules, so that their limits can be moved."""

from __future__ import annotations

import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from tests.promises.orders.conftest import server
from workflows.plugin import OrderloomPlugin

__all__ = ["plain", "server"]


@pytest_asyncio.fixture(loop_scope="session")
async def plain(server: WorkflowEnvironment) -> Client:
    """A client whose workers run our own workflow modules as they are, and load no other ones for the sandbox."""
    target = server.client.service_client.config.target_host
    return await Client.connect(target, plugins=[OrderloomPlugin(traced=False)])
