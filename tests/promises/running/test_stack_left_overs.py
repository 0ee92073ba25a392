"""A supervisor that is killed leaves its children behind; the next start knows them and ends them, and only them."""

# ruff: noqa: S603 - the programs are this file's own
from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from ops.stack.folder import Folder
from ops.stack.pids import identity
from ops.stack.record import ProcessRecord, StackRecord, end_left_overs, read_record, write_record

SUPERVISOR = """
import asyncio, os, pathlib, sys
from ops.stack.child import Spec
from ops.stack.folder import Folder
from ops.stack.record import ProcessRecord, StackRecord, write_record
from ops.stack.supervisor import Supervisor

folder = Folder(pathlib.Path(sys.argv[1]))

async def is_well(pid):
    return True

def write():
    me = ProcessRecord(name="supervisor", pid=os.getpid(), known_as="")
    record = StackRecord(
        supervisor=me, control_port=1, control_token="t", ports={}, api_url="", ui_url="", processes=both.processes()
    )
    write_record(folder, record)

specs = [Spec(name, (sys.executable, "-S", "-c", "import time; time.sleep(600)", name), is_well, dict(os.environ))
    for name in ("erp", "wms")]
both = Supervisor(specs, folder, print, changed=write)

async def main():
    await both.start()
    print("well", flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def record_of(*processes: ProcessRecord) -> StackRecord:
    me = ProcessRecord(name="supervisor", pid=1, known_as="gone")
    return StackRecord(
        supervisor=me, control_port=1, control_token="t", ports={}, api_url="", ui_url="", processes=processes
    )


def until_well(supervisor: subprocess.Popen[str]) -> None:
    assert supervisor.stdout is not None
    assert any(line == "well\n" for line in supervisor.stdout)


@pytest.mark.slow
def test_what_a_killed_supervisor_left_is_ended_by_the_next_start(folder: Folder, told):
    command = [sys.executable, "-c", SUPERVISOR, str(folder.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as supervisor:
        until_well(supervisor)
        supervisor.kill()
    left = read_record(folder).processes
    assert [identity(process.pid) for process in left] == [process.known_as for process in left]

    end_left_overs(folder, told.append)

    assert [process.name for process in left] == ["erp", "wms"]
    assert [identity(process.pid) for process in left] == [None, None]
    assert [line.split(" (")[0] for line in told] == ["ended wms", "ended erp"]
    assert read_record(folder) is None


def test_another_process_that_was_given_the_same_number_is_left_alone(folder: Folder, told):
    with subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"]) as other:
        try:
            write_record(folder, record_of(ProcessRecord(name="erp", pid=other.pid, known_as="123 python erp")))

            end_left_overs(folder, told.append)

            assert other.poll() is None
            assert told == []
        finally:
            other.kill()


def test_a_left_over_that_does_not_listen_is_ended_by_force(folder: Folder, told):
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-S", "-c", deaf], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        known_as = identity(other.pid)
        write_record(folder, record_of(ProcessRecord(name="erp", pid=other.pid, known_as=known_as or "")))

        end_left_overs(folder, told.append, grace_s=0.2)

        assert other.wait(60) == -signal.SIGKILL


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"ports": 1}'])
def test_a_record_that_cannot_be_read_is_no_obstacle(folder: Folder, told, content):
    folder.record.write_bytes(content)

    end_left_overs(folder, told.append)

    assert told == []


def test_the_record_is_for_its_owner_only_for_it_holds_the_key_to_the_supervisor(folder: Folder):
    write_record(folder, record_of())

    assert folder.record.stat().st_mode & 0o777 == 0o600


def test_an_identity_differs_between_two_processes_of_one_command():
    command = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]
    with subprocess.Popen(command) as one:
        time.sleep(0.05)  # Start times are kept in hundredths of a second.
        with subprocess.Popen(command) as two:
            try:
                assert identity(one.pid) != identity(two.pid)
                assert identity(one.pid) == identity(one.pid)
            finally:
                for process in (one, two):
                    os.kill(process.pid, signal.SIGKILL)
