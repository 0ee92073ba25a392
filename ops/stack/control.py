"""How other commands reach a running supervisor: a request and an answer, each a line of JSON, on a loopback port."""

from __future__ import annotations

import asyncio
import hmac
import socket
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ops.stack.ports import HOST
from ops.stack.record import read_record
from ops.stack.troubles import NotRunningError, StackError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ops.stack.folder import Folder

_LINE_MAX = 64 * 1024
Verb = Literal["status", "start", "stop", "down"]


class ChildLine(BaseModel):
    """How one child is, as `status` tells it."""

    model_config = ConfigDict(frozen=True)

    name: str
    state: str
    pid: int | None
    restarts: int
    address: str


class Request(BaseModel):
    """What the supervisor is asked to do."""

    model_config = ConfigDict(frozen=True)

    token: str
    verb: Verb
    name: str = ""


class Answer(BaseModel):
    """What came of it."""

    model_config = ConfigDict(frozen=True)

    error: str = ""
    children: tuple[ChildLine, ...] = ()


class Control:
    """Takes requests for a supervisor."""

    def __init__(self, token: str, handle: Callable[[Request], Awaitable[tuple[ChildLine, ...]]]) -> None:
        """Pass on requests that carry the token; others are refused."""
        self.token = token
        """What a request must carry."""
        self._handle = handle
        self._server: asyncio.Server | None = None

    async def open(self) -> int:
        """Begin to listen, and answer on which port."""
        self._server = await asyncio.start_server(self._serve, HOST, 0, limit=_LINE_MAX)
        return int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Listen no more; an answer that is on its way still arrives."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await self._answer(await reader.readline())
            writer.write(answer.model_dump_json().encode() + b"\n")
            await writer.drain()
        except (ConnectionError, ValueError):
            pass  # Whoever asked has gone, or sent a line without end.
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> Answer:
        try:
            request = Request.model_validate_json(line)
        except ValidationError:
            return Answer(error="the request cannot be read")
        if not hmac.compare_digest(request.token, self.token):
            return Answer(error="the token is wrong")
        try:
            return Answer(children=await self._handle(request))
        except StackError as error:
            return Answer(error=str(error))


def ask_supervisor(folder: Folder, verb: Verb, name: str = "", *, within_s: float = 120.0) -> tuple[ChildLine, ...]:
    """Ask the supervisor of the stack in this folder.

    Raises:
        NotRunningError: there is none, or it does not answer.
        StackError: it refused; says why.
    """
    record = read_record(folder)
    if record is None:
        raise NotRunningError(f"no stack runs from {folder.root}: start one with `orderloom up`")
    request = Request(token=record.control_token, verb=verb, name=name)
    try:
        with socket.create_connection((HOST, record.control_port), timeout=within_s) as connection:
            connection.sendall(request.model_dump_json().encode() + b"\n")
            said = connection.makefile("rb").readline()
        answer = Answer.model_validate_json(said)
    except (OSError, ValidationError) as error:
        raise NotRunningError(f"the stack in {folder.root} does not answer: start it with `orderloom up`") from error
    if answer.error:
        raise StackError(answer.error)
    return answer.children
