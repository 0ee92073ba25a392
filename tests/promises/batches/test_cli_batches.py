"""Files of orders from a terminal: how far one is, and what became of its rows."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.batches.examples import BATCH, ROWS
from ops.cli import output
from ops.cli.exits import UsageError
from ops.cli.intake import batches
from tests.promises.running.desk import Desk, open_desk

HERE = f"/v1/batches/{BATCH['id']}"
DONE = BATCH | {"state": "done", "bytes": {"done": 10_000_000, "size": 10_000_000}}


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk() as opened:
        monkeypatch.setenv("ORDERLOOM_API_URL", opened.url)
        monkeypatch.setenv("ORDERLOOM_API_KEY", "ol_live_test")
        monkeypatch.setenv("COLUMNS", "200")
        yield opened


def typed(*words: str) -> Result:
    output.console.cache_clear()
    output.error_console.cache_clear()
    return CliRunner().invoke(batches.app, words)


def test_files_are_listed_with_what_became_of_their_rows(desk: Desk) -> None:
    desk.answers["GET /v1/batches"] = (200, {"batches": [BATCH], "next_cursor": None})
    said = typed("list").stdout
    assert "orders-of-november.csv" in said
    assert "40,968" in said


def test_a_file_with_refused_rows_says_how_to_see_them(desk: Desk) -> None:
    desk.answers[f"GET {HERE}"] = (200, DONE)
    assert f"orderloom batch rows {BATCH['id']} --state refused" in typed("show", str(BATCH["id"])).stdout


def test_refused_rows_are_shown_with_their_reasons(desk: Desk) -> None:
    desk.answers[f"GET {HERE}/rows"] = (200, ROWS | {"next_cursor": None})
    assert "must be a whole number such as 12" in typed("rows", str(BATCH["id"]), "--state", "refused").stdout
    assert "state=refused" in desk.queries[-1]


def test_a_file_that_is_watched_is_shown_when_it_is_read(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []

    def taken(_api: object, _said: object, pieces: Iterator[bytes]) -> dict[str, object]:
        sent.extend(pieces)
        return BATCH

    monkeypatch.setattr("ops.cli.client.Api.hand_in_batch", taken)
    monkeypatch.setattr(batches, "_LOOK_EVERY_S", 0.01)
    desk.answers[f"GET {HERE}"] = [(200, BATCH), (200, DONE)]
    file = tmp_path / "orders.csv.gz"
    file.write_bytes(gzip.compress(b"order_id\n"))
    ended = typed("import", str(file), "--watch", "--json")
    assert (ended.exit_code, json.loads(ended.stdout)["state"]) == (0, "done")
    assert sent == [b"order_id\n"]


def test_a_file_that_is_still_being_written_is_not_handed_in(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(b"order_id\n")
    with file.open("rb") as opened:
        pieces = batches._pieces(opened, file)
        assert next(pieces) == b"order_id\n"
        file.write_bytes(b"order_id\nanother\n")
        with pytest.raises(UsageError, match="changed while it was sent"):
            list(pieces)


def test_a_name_that_gives_no_hint_asks_for_the_format(tmp_path: Path) -> None:
    file = tmp_path / "orders.txt"
    file.write_bytes(b"?")
    assert "say which with --format" in str(typed("import", str(file)).exception)
