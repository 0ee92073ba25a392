"""The parts of a stack start as early as they can, come back when they die, and leave nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from ops.stack.child import Spec
from ops.stack.pids import identity
from ops.stack.supervisor import Chore
from ops.stack.troubles import StackError


async def until(condition) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.02)


def states(supervisor) -> dict[str, str]:
    return {child.name: child.state for child in supervisor.status()}


@pytest.mark.slow
async def test_a_child_starts_only_once_what_it_needs_is_well_and_the_chores_are_done(supervise, tiny):
    async def chore() -> None:
        (tiny.marks / "story").open("a").write("chore\n")

    supervisor = supervise(
        [tiny.spec("server"), tiny.spec("worker", after=("server", "tables"))],
        [Chore("tables", chore, after=("server",))],
    )
    await supervisor.start()

    assert tiny.story() == ["server begins", "chore", "worker begins"]
    assert states(supervisor) == {"server": "well", "worker": "well"}


@pytest.mark.slow
async def test_children_end_in_reverse_order_and_none_is_left(supervise, tiny):
    supervisor = supervise([tiny.spec("server"), tiny.spec("worker", after=("server",))])
    await supervisor.start()
    running = supervisor.processes()

    await supervisor.stop()

    assert tiny.story()[-2:] == ["worker ends", "server ends"]
    assert [identity(process.pid) for process in running] == [None, None]
    assert supervisor.processes() == ()


@pytest.mark.slow
async def test_a_child_that_is_killed_is_started_again_and_it_is_said(supervise, tiny, told):
    supervisor = supervise([tiny.spec("worker")])
    await supervisor.start()
    (before,) = supervisor.processes()

    os.kill(before.pid, signal.SIGKILL)
    await until(lambda: states(supervisor)["worker"] == "well" and supervisor.processes()[0].pid != before.pid)

    assert "worker was ended by signal 9: starting it again" in told
    assert supervisor.status()[0].restarts == 1


@pytest.mark.slow
async def test_a_child_that_was_stopped_stays_stopped_until_it_is_started(supervise, tiny):
    supervisor = supervise([tiny.spec("erp")])
    await supervisor.start()

    await supervisor.stop_one("erp")

    assert states(supervisor) == {"erp": "stopped"}
    assert supervisor.processes() == ()
    await supervisor.start_one("erp")
    assert states(supervisor) == {"erp": "well"}
    assert tiny.story() == ["erp begins", "erp ends", "erp begins"]


@pytest.mark.slow
async def test_a_child_that_does_not_listen_is_ended_by_force(supervise, tiny, told):
    supervisor = supervise([tiny.spec("worker", deaf=True, grace_s=0.2)])
    await supervisor.start()
    (process,) = supervisor.processes()

    await supervisor.stop()

    assert identity(process.pid) is None
    assert any("by force" in line for line in told)


@pytest.mark.slow
async def test_a_child_that_cannot_start_stops_the_start_with_its_last_words(supervise, tiny):
    supervisor = supervise([tiny.spec("api", body="import sys; sys.exit('the port is taken')"), tiny.spec("erp")])

    with pytest.raises(StackError, match=r"api does not start: it ended with exit code 1\. It said last: the port is"):
        await supervisor.start()


async def test_a_command_that_is_not_there_is_named(supervise):
    async def never(_pid: int) -> bool:
        return False

    supervisor = supervise([Spec("api", ("/no/such/program",), never)])

    with pytest.raises(StackError, match=r"api cannot be started: .*/no/such/program"):
        await supervisor.start()


@pytest.mark.slow
async def test_a_child_that_is_never_well_is_given_up(supervise, tiny):
    async def never(_pid: int) -> bool:
        return False

    command = tiny.spec("api").command
    supervisor = supervise([Spec("api", command, never, start_within_s=0.3)])

    with pytest.raises(StackError, match="api was not well within"):
        await supervisor.start()


async def test_what_a_child_says_is_in_its_log(supervise, tiny, folder):
    chatty = "print('I am the ERP', flush=True)\n" + tiny.body
    supervisor = supervise([tiny.spec("erp", body=chatty)])
    await supervisor.start()

    assert folder.log("erp").read_text() == "I am the ERP\n"


async def test_an_unknown_name_is_answered_with_the_known_ones(supervise, tiny):
    supervisor = supervise([tiny.spec("erp"), tiny.spec("wms")])

    with pytest.raises(StackError, match="there is no crm; there are erp, wms"):
        await supervisor.stop_one("crm")


def test_a_process_that_has_ended_has_no_identity():
    assert identity(os.getpid())
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(pid, 0)
    assert identity(pid) is None
