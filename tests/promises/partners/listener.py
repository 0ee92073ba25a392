"""A tiny HTTP server that answers as it is told and keeps what it was sent."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Received(NamedTuple):
    headers: dict[str, str]
    body: bytes


class Listener:
    def __init__(self) -> None:
        self.url = ""
        self.received: list[Received] = []
        self.answers: deque[bytes] = deque()
        """Raw answers, one a request; then 204."""
        self.answers_about = b""
        """Only who says this is answered so."""

    def answer(self, status: int, body: bytes | str = b"", *headers: str) -> None:
        content = body.encode() if isinstance(body, str) else body
        head = [f"HTTP/1.1 {status} -", f"Content-Length: {len(content)}", "Connection: close", *headers]
        self.answers.append("\r\n".join(head).encode() + b"\r\n\r\n" + content)

    async def until(self, count: int, about: str = "") -> list[Received]:
        """Wait for so many requests that say something."""
        async with asyncio.timeout(60):
            while len(found := [one for one in self.received if about.encode() in one.body]) < count:
                await asyncio.sleep(0.02)
        return found

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.received.append(Received(headers, body))
        mine = self.answers and self.answers_about in body
        writer.write(self.answers.popleft() if mine else b"HTTP/1.1 204 -\r\nConnection: close\r\n\r\n")
        writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    server = await asyncio.start_server(listener._serve, "127.0.0.1", 0)
    async with server:
        listener.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield listener
