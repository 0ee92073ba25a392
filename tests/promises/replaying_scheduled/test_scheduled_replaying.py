"""What runs by itself goes on under later code too: each workflow replays the history that was recorded of it."""

from __future__ import annotations

from pathlib import Path

from temporalio.workflow import _Definition as DEFINITION

from tests.promises.replaying_scheduled.record import FOLDER, ROUTES
from tests.recorded.replaying import asked_then, asked_today, each_of, recorded_workflows, replay
from workers.assembly import WORKFLOWS


def test_there_is_a_recorded_history_of_each() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} >= {route.__name__ for route in ROUTES}


def test_no_workflow_is_without_one() -> None:
    assert recorded_workflows() == {DEFINITION.must_from_class(workflow).name for workflow in WORKFLOWS}


@each_of(FOLDER)
async def test_todays_code_replays_what_was_recorded_of_it(path: Path) -> None:
    await replay(path)


@each_of(FOLDER)
def test_todays_code_asks_partners_for_just_what_was_recorded_of_it(path: Path) -> None:
    assert asked_today(path) == asked_then(path)
