"""Orders that told their channel, or heard from it, go on under later code."""

from __future__ import annotations

from pathlib import Path

from tests.promises.telling_channels.record import FOLDER, ROUTES
from tests.recorded.replaying import asked_then, asked_today, each_of, replay


def test_there_is_a_recorded_history_for_each_story() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} >= {route.__name__ for route in ROUTES}


@each_of(FOLDER)
async def test_todays_code_replays_what_was_recorded(path: Path) -> None:
    await replay(path)


@each_of(FOLDER)
def test_todays_code_asks_partners_for_just_what_was_recorded(path: Path) -> None:
    assert asked_today(path) == asked_then(path)
