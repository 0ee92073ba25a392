"""What a person or a script sees of the stack's commands."""

from __future__ import annotations

import fcntl
import json
from dataclasses import dataclass

import pytest

from api.orders.examples import FEEDS
from ops.cli import main
from ops.stack import control
from ops.stack.control import ChildLine
from ops.stack.folder import Folder, write_private
from ops.stack.record import ProcessRecord, StackRecord, write_record
from ops.stack.running import running_stack
from ops.stack.troubles import StackError
from tests.promises.running.desk import open_desk

WELL = ChildLine(name="erp", state="well", pid=7, restarts=0, address="http://127.0.0.1:8411")
STOPPED = ChildLine(name="wms", state="stopped", pid=None, restarts=2, address="http://127.0.0.1:8412")


@dataclass
class Ended:
    code: int
    out: str
    err: str


@pytest.fixture
def run(folder: Folder, monkeypatch, capsys):
    def typed(*words: str) -> Ended:
        monkeypatch.setattr("sys.argv", ["orderloom", *words, "--data", str(folder.root)])
        with pytest.raises(SystemExit) as ended:
            main.main()
        code = ended.value.code
        said = capsys.readouterr()
        return Ended(code if isinstance(code, int) else int(code is not None), said.out, said.err)

    return typed


@pytest.fixture
def running(folder: Folder, monkeypatch):
    """A stack that answers with these children; its API is where it is said to be."""

    def answering(*children: ChildLine, api_url: str = "http://127.0.0.1:1") -> None:
        me = ProcessRecord(name="supervisor", pid=1, known_as="")
        kept = StackRecord(
            supervisor=me,
            control_port=1,
            control_token="t",
            ports={},
            api_url=api_url,
            ui_url="http://127.0.0.1:8233",
        )
        write_record(folder, kept)
        monkeypatch.setattr(control, "ask_supervisor", lambda *_: children)

    return answering


@pytest.mark.parametrize("words", [("status",), ("down",), ("stop", "erp"), ("start", "erp")])
def test_without_a_stack_the_exit_code_is_three_and_one_line_says_why(run, words):
    ended = run(*words)

    assert ended.code == 3
    assert "no stack runs from" in ended.err
    assert "Traceback" not in ended.err


def test_a_stack_that_is_well_is_exit_code_nought(run, running):
    running(WELL)

    ended = run("status")

    assert ended.code == 0
    assert "erp" in ended.out


def test_a_part_that_is_not_well_is_exit_code_one_and_in_the_json(run, running, folder):
    running(WELL, STOPPED)

    ended = run("status", "--json")

    said = json.loads(ended.out)
    assert ended.code == 1
    assert [(part["name"], part["state"]) for part in said["parts"]] == [("erp", "well"), ("wms", "stopped")]
    assert said["api_url"] == "http://127.0.0.1:1"
    assert said["feeds"] is None, "nobody is there to say"
    assert said["api_key_file"] == str(folder.api_key)


def test_feeds_are_listed_and_one_that_is_not_read_is_exit_code_one(run, running, folder):
    write_private(folder.api_key, "ol_local_key\n")
    with open_desk() as desk:
        desk.answers["GET /v1/feeds"] = [(200, {"feeds": FEEDS["feeds"][:1]}), (200, FEEDS)]
        running(WELL, api_url=desk.url)
        fine, troubled, kept = run("status"), run("status"), run("status", "--json")

    assert (fine.code, troubled.code) == (0, 1)
    assert "feed-erp" in fine.out
    assert "cannot be read" in troubled.out
    assert json.loads(kept.out)["feeds"] == FEEDS["feeds"]


async def test_two_stacks_do_not_run_from_one_folder(folder: Folder, told):
    with folder.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StackError, match=r"runs from .* already; `orderloom down` ends it"):
            async with running_stack(folder, told.append, any_ports=True):
                pass
