# ruff: noqa: S603 - the programs are ours
"""The whole stack, as a person starts it: up, killed, up again, down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from ops.stack.control import ask_supervisor
from ops.stack.folder import Folder
from ops.stack.pids import identity
from ops.stack.record import StackRecord, read_record
from ops.stack.troubles import StackError

pytestmark = pytest.mark.slow
SAMPLE = Path(__file__).parents[3] / "ops" / "samples" / "shopify" / "ordinary_paid_tax_inclusive.json"
JSON = {"Content-Type": "application/json"}
PATIENCE_S = 600


def until(condition):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("it did not happen")


class Up:
    """``orderloom up`` in a process of its own."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.log = folder.root.parent / "up.log"
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        given = {name: value for name, value in os.environ.items() if not name.startswith(("ORDERLOOM_", "TEMPORAL_"))}
        command = [sys.executable, "-m", "ops.cli.main", "up", "--any-ports", "--data", str(self.folder.root)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=given)
        return self.process

    def well(self) -> StackRecord:
        until(self._is_well)
        record = read_record(self.folder)
        assert record is not None
        return record

    def _is_well(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return all(child.state == "well" for child in ask_supervisor(self.folder, "status"))
        except StackError:
            return False

    def client(self) -> httpx.Client:
        key = until(lambda: self.folder.api_key.exists() and self.folder.api_key.read_text().strip())
        return httpx.Client(
            base_url=self.well().api_url, headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=30
        )


@pytest.fixture
def up(tmp_path: Path):
    started = Up(Folder(tmp_path / "data"))
    yield started
    started.process.terminate()
    started.process.wait(180)


def status_of(client: httpx.Client, location: str) -> str:
    return str(client.get(location).raise_for_status().json()["status"])


def test_a_stack_that_is_killed_goes_on_where_it_was_and_leaves_no_process_behind(up: Up):
    with up.client() as client:
        answer = client.post("/v1/channels/shopify/orders", content=SAMPLE.read_bytes(), headers=JSON)
        assert answer.status_code == 202, answer.text
        location = answer.headers["Location"]
    first = up.well()
    up.process.send_signal(signal.SIGKILL)
    up.process.wait()
    assert all(identity(process.pid) for process in first.processes)

    up.start()
    with up.client() as client:
        until(lambda: status_of(client, location) == "completed")
    assert not any(identity(process.pid) == process.known_as for process in first.processes)

    second = up.well()
    ask_supervisor(up.folder, "stop", "erp")
    (erp,) = (child for child in ask_supervisor(up.folder, "status") if child.name == "erp")
    assert (erp.state, erp.pid) == ("stopped", None)
    ask_supervisor(up.folder, "down")
    assert up.process.wait(180) == 0
    assert not any(identity(process.pid) == process.known_as for process in second.processes)
    assert read_record(up.folder) is None
