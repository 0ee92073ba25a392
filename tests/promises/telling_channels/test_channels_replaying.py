"""Orders that told their channel, or heard from it, go on under later code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.promises.telling_channels.record import FOLDER, ROUTES
from workers.assembly import WORKFLOWS
from workflows.plugin import OrderloomPlugin

HISTORIES = sorted(FOLDER.glob("*.json"))


def test_there_is_a_recorded_history_for_each_story() -> None:
    assert {path.stem for path in HISTORIES} >= {route.__name__ for route in ROUTES}


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_todays_code_replays_what_was_recorded(path: Path) -> None:
    recorded = text(path)
    name = json.loads(recorded)["events"][0]["workflowExecutionStartedEventAttributes"]["workflowId"]

    await Replayer(
        workflows=WORKFLOWS, debug_mode=True, plugins=[OrderloomPlugin(traced=False, checked=True)]
    ).replay_workflow(WorkflowHistory.from_json(name, recorded))


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
