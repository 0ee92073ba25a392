"""A stand-in's HTTP side: what comes is handed over as it is, raw path and body, and answered on loopback."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    target: str
    """Its path with the query, as sent."""
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def serving(answer: Callable[[Asked], Reply]) -> AsyncIterator[str]:
    """Answer every request so; yields the address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ", 2)
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:-2])}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            reply = answer(Asked(method, target, headers, body))
            more = {"content-type": "application/json", **reply.headers}
            if reply.status != 204:
                more["content-length"] = str(len(reply.body))
            lines = [f"HTTP/1.1 {reply.status} -", *(f"{name}: {value}" for name, value in more.items())]
            writer.write("\r\n".join([*lines, "connection: close", "", ""]).encode("latin-1") + reply.body)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listener:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
