"""A command as it is typed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from ops.cli import main as command
from ops.cli import output
from tests.promises.running.desk import Desk, open_desk


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    def refused(self, code: int) -> str:
        """Check that it ended with one line and this exit code; answers the line."""
        assert self.code == code, self
        assert self.out == ""
        assert self.err.startswith("orderloom: ")
        assert len(self.err.splitlines()) == 1, self.err
        return self.err


Typed = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a command."""

    def typed(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["orderloom", *words])
        output.console.cache_clear()
        output.error_console.cache_clear()
        with pytest.raises(SystemExit) as ended:
            command.main()
        said = capsys.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)

    return typed


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """An API, and a key to it."""
    with open_desk() as opened:
        monkeypatch.setenv("ORDERLOOM_API_URL", opened.url)
        monkeypatch.setenv("ORDERLOOM_API_KEY", "ol_live_test")
        yield opened
