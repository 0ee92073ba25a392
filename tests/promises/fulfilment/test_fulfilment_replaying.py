"""Orders that were sent from elsewhere, chased, sent again or collected go on under later code."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.promises.fulfilment.record import FOLDER, ROUTES
from tests.promises.orders.test_replaying import text, workflow_id
from workers.assembly import WORKFLOWS
from workflows.plugin import OrderloomPlugin

HISTORIES = sorted(FOLDER.glob("*.json"))


def test_there_is_a_recorded_history_for_each_route() -> None:
    assert {path.stem for path in HISTORIES} == {route.__name__ for route in ROUTES}


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_todays_code_replays_what_was_recorded(path: Path) -> None:
    recorded = text(path)

    await Replayer(
        workflows=WORKFLOWS, debug_mode=True, plugins=[OrderloomPlugin(traced=False, checked=True)]
    ).replay_workflow(WorkflowHistory.from_json(workflow_id(recorded), recorded))
