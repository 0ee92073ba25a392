"""A folder for a stack, and children that cost nothing."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from ops.stack.child import Spec
from ops.stack.folder import Folder
from ops.stack.supervisor import Chore, Supervisor

BODY = """
import os, pathlib, signal, sys, time
name, marks, deaf = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3] == "deaf"
signal.signal(signal.SIGTERM, signal.SIG_IGN if deaf else lambda *_: (note("ends"), sys.exit(0)))
def note(word):
    with (marks / "story").open("a") as story:
        story.write(f"{name} {word}\\n")
note("begins")
(marks / f"{name}.{os.getpid()}").touch()
while True:
    time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "data")
    made.make()
    return made


class Tiny:
    """Makes specs of children that write down when they begin and end, and nothing else."""

    body = BODY

    def __init__(self, marks: Path) -> None:
        self.marks = marks

    def spec(
        self, name: str, *, after: tuple[str, ...] = (), deaf: bool = False, grace_s: float = 60, body: str = BODY
    ) -> Spec:
        async def is_well(pid: int) -> bool:
            return (self.marks / f"{name}.{pid}").exists()

        how = "deaf" if deaf else "listens"
        command = (sys.executable, "-S", "-c", body, name, str(self.marks), how)
        return Spec(name, command, is_well, after=after, grace_s=grace_s)

    def story(self) -> list[str]:
        return (self.marks / "story").read_text().split("\n")[:-1]


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    return Tiny(tmp_path)


@pytest.fixture
def told() -> list[str]:
    return []


Supervise = Callable[..., Supervisor]


@pytest.fixture
async def supervise(folder: Folder, told: list[str]) -> AsyncIterator[Supervise]:
    """Make supervisors whose children end with the test."""
    made: list[Supervisor] = []

    def make(specs: Sequence[Spec], chores: Sequence[Chore] = ()) -> Supervisor:
        made.append(Supervisor(specs, folder, told.append, chores=chores))
        return made[-1]

    yield make
    for supervisor in made:
        await supervisor.stop()
