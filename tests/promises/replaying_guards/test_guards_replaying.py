"""No guard of a patch can be taken out unnoticed: an order from before the patch is replayed through each of them."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from pathlib import Path

import pytest
import temporalio.workflow
from temporalio.workflow import NondeterminismError

import workflows
from tests.promises.replaying_guards.record import FOLDER, ROUTES
from tests.recorded.replaying import EVERYWHERE, asked_then, asked_today, each_of, replay

ROOM = Path(workflows.__path__[0])
Guard = tuple[str, int]
"""In which file of `workflows`, and on which line."""


def test_there_is_a_recorded_history_for_each_route() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {route.__name__ for route in ROUTES}


@each_of(FOLDER)
async def test_todays_code_replays_what_was_recorded(path: Path) -> None:
    await replay(path)


@each_of(FOLDER)
def test_todays_code_asks_partners_for_just_what_was_recorded(path: Path) -> None:
    assert asked_today(path) == asked_then(path)


@pytest.mark.slow
def test_without_any_one_guard_some_order_from_before_it_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    passing = _Passing()
    monkeypatch.setattr(temporalio.workflow, "patched", passing)
    shut = passing.those_that_are_shut()

    assert (
        _written() - {guard for guard in shut if any(passing.breaks_without(guard, path) for path in shut[guard])}
        == set()
    )


class _Passing:
    """Stands in the place of `workflow.patched`, and lets an old order through one guard as if it were not there."""

    def __init__(self) -> None:
        self._really = temporalio.workflow.patched
        self._gone: Guard | None = None
        self._shut: set[Guard] = set()

    def __call__(self, patch: str) -> bool:
        # Whose question it is only the stack knows.
        asks = sys._getframe(1)
        guard = (str(Path(asks.f_code.co_filename).relative_to(ROOM)), asks.f_lineno)
        if guard == self._gone:
            return True
        open_to_it = self._really(patch)
        if not open_to_it:
            self._shut.add(guard)
        return open_to_it

    def those_that_are_shut(self) -> dict[Guard, list[Path]]:
        """The guards that keep recorded orders on their way, and those orders."""
        found = defaultdict(list)
        for path in EVERYWHERE:
            self._shut = set()
            asked_today(path)
            for guard in self._shut:
                found[guard].append(path)
        return found

    def breaks_without(self, guard: Guard, path: Path) -> bool:
        """Whether an order does something else where the guard is gone."""
        self._gone = guard
        try:
            return asked_today(path) != asked_then(path)
        except (NondeterminismError, RuntimeError):
            return True


def _written() -> set[Guard]:
    """The guards that our code has."""
    return {
        (str(path.relative_to(ROOM)), node.lineno)
        for path in ROOM.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "workflow.patched"
    }
