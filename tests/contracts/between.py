"""A way to any partner that speaks HTTP, on which replies get lost, on command.

Put before a real system as before a sandbox: what passes is passed on unchanged and kept, so that a test can see what
an adapter asked and how often, and can have the next exchange go wrong.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

_TRUSTED = httpx.create_ssl_context(trust_env=False)
"""Read once: it takes longer than most tests."""
_HOP = {"host", "content-length", "connection", "transfer-encoding", "keep-alive"}


@dataclass(frozen=True)
class Exchange:
    """One request, and what was answered; status 0 where no reply was given."""

    method: str
    path: str
    """With the query."""
    headers: dict[str, str]
    body: bytes
    status: int
    answer: bytes = b""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one exchange."""

    reaches: bool
    """Whether the partner gets the request."""
    status: int = 0
    """What is answered instead; 0: the connection is cut."""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    matches: Callable[[str, str], bool] = lambda _method, _path: True
    within: bytes = b""
    """Strikes only a request whose body holds this; where every request has the same address."""


LOST_REPLY = Fault(reaches=True)
"""The partner did it, and nobody hears of it."""
LOST_REQUEST = Fault(reaches=False)
"""The connection breaks before the partner hears anything."""


def answering(status: int, body: bytes = b"", **headers: str) -> Fault:
    """Answer so in the partner's place, which hears nothing; underscores in header names stand for hyphens."""
    return Fault(reaches=False, status=status, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})


def slow(seconds: float) -> Fault:
    """Let the true answer come late."""
    return Fault(reaches=True, wait_s=seconds)


def on(fault: Fault, method: str, part: str = "", within: str = "") -> Fault:
    """Let a fault strike only requests with this method whose path, and body, hold this; others pass before it."""
    return replace(fault, matches=lambda asked, path: asked == method and part in path, within=within.encode())


class Between:
    """The way to one partner."""

    def __init__(self, target: str) -> None:
        """Lead to the partner at this address."""
        split = urlsplit(target)
        self._origin = f"{split.scheme}://{split.netloc}"
        self.prefix = split.path.rstrip("/")
        self.url = ""
        """Where an adapter is to go; has the same path as the partner's address."""
        self.exchanges: list[Exchange] = []
        self.faults: deque[Fault] = deque()
        """What goes wrong next, each once, in this order."""
        self._client = httpx.AsyncClient(base_url=self._origin, timeout=300, trust_env=False, verify=_TRUSTED)

    def sent(self, method: str, part: str = "") -> list[Exchange]:
        """Requests that reached the partner or were answered in its place, with this method and part of a path."""
        return [one for one in self.exchanges if one.method == method and part in one.path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request from a connection, and answer it or cut the connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ", 2)
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:-2])}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            status, answer, more = await self._answer(self._fault(method, path, body), method, path, headers, body)
            self.exchanges.append(Exchange(method, path, headers, body, status, answer))
            if status:
                more = {**more, "content-length": str(len(answer)), "connection": "close"}
                lines = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in more.items()), "", ""]
                writer.write("\r\n".join(lines).encode("latin-1") + (b"" if method == "HEAD" else answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    def _fault(self, method: str, path: str, body: bytes) -> Fault | None:
        if self.faults and self.faults[0].matches(method, path) and self.faults[0].within in body:
            return self.faults.popleft()
        return None

    async def _answer(
        self, fault: Fault | None, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, bytes, dict[str, str]]:
        status, answer, more = 0, b"", dict[str, str]()
        if fault is None or fault.reaches:
            passed = {name: value for name, value in headers.items() if name not in _HOP}
            reply = await self._client.request(method, path, headers=passed, content=body)
            status, answer = reply.status_code, reply.content
            # What httpx has unpacked is passed on unpacked.
            dropped = _HOP | {"content-encoding"}
            more = {name: value for name, value in reply.headers.items() if name not in dropped}
        if fault is None:
            return status, answer, more
        await asyncio.sleep(fault.wait_s)
        if fault.wait_s and fault.reaches and not fault.status:
            return status, answer, more
        return fault.status, fault.body, fault.headers

    async def close(self) -> None:
        """Close every connection to the partner."""
        await self._client.aclose()


@asynccontextmanager
async def between(target: str) -> AsyncIterator[Between]:
    """Stand between an adapter and the partner at `target`, an address with or without a path."""
    way = Between(target)
    listener = await asyncio.start_server(way.serve, "127.0.0.1", 0)
    way.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}{way.prefix}"
    try:
        async with listener:
            yield way
    finally:
        await way.close()
