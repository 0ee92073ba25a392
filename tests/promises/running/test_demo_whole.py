# ruff: noqa: S603 - the programs are ours
"""The demonstration, from nothing to its report: every order ends, or waits for somebody with a reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ops.stack.folder import Folder
from ops.stack.record import read_record

pytestmark = pytest.mark.slow

SAMPLES = Path(__file__).parents[3] / "ops" / "samples"
ENDS = {"completed", "cancelled", "rejected"}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """What ``orderloom demo --exit --report`` wrote."""
    place = tmp_path_factory.mktemp("demo")
    given = {name: value for name, value in os.environ.items() if not name.startswith(("ORDERLOOM_", "TEMPORAL_"))}
    wanted, data = place / "report.json", place / "data"
    command = [sys.executable, "-m", "ops.cli.main", "demo", "--exit", "--report", str(wanted), "--data", str(data)]
    done = subprocess.run(command, env=given, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert read_record(Folder(data)) is None, "a stack is left over"
    return json.loads(wanted.read_text())


def test_every_sample_has_one_row(report):
    samples = list(SAMPLES.glob("*/*.json"))

    assert len(report["orders"]) == len(samples) >= 40
    assert len({row["order_id"] for row in report["orders"]}) == len(samples)
    assert {row["format"] for row in report["orders"]} == {path.parent.name for path in samples}


def test_every_order_has_ended_or_is_held_with_a_reason(report):
    stranded = [row for row in report["orders"] if row["headline"] not in ENDS and not row["holds"]]

    assert stranded == []
    assert report["first_completed_seconds"] is not None
    assert Counter(row["headline"] for row in report["orders"])["completed"] > len(report["orders"]) / 2


def test_no_more_money_is_taken_than_an_order_is_worth_and_no_more_given_back_than_taken(report):
    for row in report["orders"]:
        assert row["refunded"] <= row["captured"] <= row["total"], row
        assert row["authorised"] <= row["total"], row
