"""A correction from a file reaches the API as it was written, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.promises.command_line.conftest import Typed
from tests.promises.running.desk import Desk

REPLAY = "POST /v1/quarantine/q-1/replay"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"total": 1, "total": 2}', "the key total stands twice"),
        (b'{"total": NaN}', "NaN is not JSON"),
        (b'{"name": "\\ud800"}', "half of a surrogate pair"),
        (b"[" * 50_000 + b"]" * 50_000, "is nested deeper than 32"),
        (b"{} , {}", "is not JSON"),
        (b"\xff", "must be UTF-8"),
    ],
)
def test_what_a_lenient_reader_would_swallow_is_not_sent(
    run: Typed, desk: Desk, tmp_path: Path, text: bytes, said: str
) -> None:
    file = tmp_path / "corrected.json"
    file.write_bytes(text)

    assert said in run("quarantine", "replay", "q-1", "--corrected", str(file)).refused(2)
    assert desk.asked == []


def test_a_byte_order_mark_is_left_out_and_nothing_else(run: Typed, desk: Desk, tmp_path: Path) -> None:
    desk.answers[REPLAY] = (202, {"id": "order:b2b:1"})
    file = tmp_path / "corrected.json"
    file.write_bytes(b'\xef\xbb\xbf{"total": 19.90, "id": 12345678901234567890}')

    ended = run("quarantine", "replay", "q-1", "--corrected", str(file))

    assert (ended.code, ended.out) == (0, "q-1 has become order:b2b:1\n")
    assert desk.asked == [(REPLAY, {"payload": {"total": 19.90, "id": 12345678901234567890}})]
