"""Other commands reach a running stack, and nobody else does."""

from __future__ import annotations

import asyncio

import pytest

from ops.stack.control import ChildLine, Control, Request, ask_supervisor
from ops.stack.folder import Folder
from ops.stack.record import ProcessRecord, StackRecord, write_record
from ops.stack.troubles import NotRunningError, StackError


class Asked:
    """A control port, and what came through it."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.control = Control("right", self.handle)
        self.requests: list[tuple[str, str]] = []
        self.port = 0

    async def handle(self, request: Request) -> tuple[ChildLine, ...]:
        self.requests.append((request.verb, request.name))
        if request.name == "crm":
            raise StackError("there is no crm; there are erp, wms")
        return (ChildLine(name="erp", state="well", pid=7, restarts=0, address="http://127.0.0.1:1"),)

    def record(self, token: str) -> None:
        me = ProcessRecord(name="supervisor", pid=1, known_as="")
        kept = StackRecord(supervisor=me, control_port=self.port, control_token=token, ports={}, api_url="", ui_url="")
        write_record(self.folder, kept)

    async def ask(self, verb, name=""):
        return await asyncio.to_thread(ask_supervisor, self.folder, verb, name, within_s=60)


@pytest.fixture
async def asked(folder: Folder):
    made = Asked(folder)
    made.port = await made.control.open()
    made.record("right")
    yield made
    made.control.close()


async def test_a_request_reaches_the_supervisor_and_its_answer_comes_back(asked):
    (child,) = await asked.ask("stop", "erp")

    assert asked.requests == [("stop", "erp")]
    assert (child.name, child.state, child.pid) == ("erp", "well", 7)


async def test_a_refusal_comes_back_as_its_sentence(asked):
    with pytest.raises(StackError, match="there is no crm; there are erp, wms"):
        await asked.ask("start", "crm")


async def test_without_the_token_nothing_is_done(asked):
    asked.record("wrong")

    with pytest.raises(StackError, match="the token is wrong"):
        await asked.ask("down")
    assert asked.requests == []


@pytest.mark.parametrize("line", [b"\n", b"GET / HTTP/1.1\r\n", b'{"token": "right", "verb": "rm"}\n', b"x" * 100_000])
async def test_a_line_that_is_no_request_does_no_harm(asked, line):
    reader, writer = await asyncio.open_connection("127.0.0.1", asked.port)
    writer.write(line)
    writer.write_eof()
    await reader.read()
    writer.close()

    assert asked.requests == []
    assert await asked.ask("status")


def test_without_a_stack_it_is_said_how_to_start_one(folder: Folder):
    with pytest.raises(NotRunningError, match="start one with `orderloom up`"):
        ask_supervisor(folder, "status")


async def test_a_stack_that_was_killed_is_said_not_to_answer(asked):
    asked.control.close()

    with pytest.raises(NotRunningError, match="does not answer"):
        await asked.ask("status")
