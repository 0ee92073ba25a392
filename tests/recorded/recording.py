"""Recording histories for the replay tests: one a route, each played on a real server.

A recorded history is a promise to what was running when it was made. Recording a route again belongs to a release that
nothing running can live through; a new route gets a new file.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from tests.promises.orders.conftest import local_server

Handle = WorkflowHandle[Any, Any]
Route = TypeVar("Route", bound=Callable[..., Any])


async def record(
    folder: Path,
    routes: Sequence[Route],
    play: Callable[[Client, Route], Awaitable[Handle]],
    names: Sequence[str],
    *,
    server: Callable[[], Awaitable[WorkflowEnvironment]] = local_server,
) -> None:
    """Record the routes that are named, and those that have no history yet; `play` plays one to its end."""
    async with await server() as running:
        for route in routes:
            path = folder / f"{route.__name__}.json"
            if route.__name__ in names or not path.exists():
                handle = await play(running.client, route)
                history = await handle.fetch_history()
                await asyncio.to_thread(path.write_text, _anywhere(history.to_json()) + "\n", encoding="utf-8")


def _anywhere(history: str) -> str:
    """Leave out what tells on whose machine it was recorded: stack traces, and the host in a worker's name."""
    history = re.sub(r'"stackTrace": "(?:[^"\\]|\\.)*"', '"stackTrace": ""', history)
    return history.replace(f"@{socket.gethostname()}", "@recorder")
