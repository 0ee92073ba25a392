"""Reconciling and the worklists from a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import pytest

from api.reconciliation import examples
from ops.cli import main as command
from ops.cli import output
from tests.promises.running.desk import Desk, open_desk

Typed = Callable[..., tuple[int, str]]
ID = examples.DIFFERENCE["id"]
HERE = f"/v1/reconciliation/differences/{ID}"
LIST = "orders_awaiting_erp_posting"


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk() as opened:
        opened.answers |= {
            "GET /v1/reconciliation": (200, examples.RECONCILIATION),
            "GET /v1/reconciliation/differences": (200, examples.DIFFERENCES),
            f"GET {HERE}": (200, examples.DIFFERENCE),
            f"POST {HERE}/assignment": (200, examples.DIFFERENCE),
            f"POST {HERE}/closure": (200, examples.DIFFERENCE),
            "POST /v1/reconciliation/runs": [(202, examples.RUN_BEGUN), (202, examples.CHECK_BEGUN)],
            "GET /v1/worklists": (200, examples.WORKLISTS),
            f"GET /v1/worklists/{LIST}": (200, examples.WORKLIST),
        }
        monkeypatch.setenv("ORDERLOOM_API_URL", opened.url)
        monkeypatch.setenv("ORDERLOOM_API_KEY", "ol_live_test")
        yield opened


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a command; answers its exit code and what it said."""

    def typed(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["orderloom", *words])
        output.console.cache_clear()
        output.error_console.cache_clear()
        with pytest.raises(SystemExit) as ended:
            command.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return typed


@pytest.mark.usefixtures("desk")
def test_the_status_names_partners_the_last_run_and_what_stands(run: Typed) -> None:
    code, said = run("reconcile", "status")

    assert code == 0
    for words in ("carrier", "is not available (503)", "1 new, 0 gone, 1 healed", "finance", "40.00 EUR"):
        assert words in said


@pytest.mark.slow
@pytest.mark.usefixtures("desk")
def test_differences_are_listed_and_shown(run: Typed) -> None:
    assert "missing_at_partner" in run("reconcile", "differences", "--owner", "finance")[1]
    assert "the ERP was asked for the invoice again" in run("reconcile", "show", ID)[1]
    assert json.loads(run("reconcile", "show", ID, "--json")[1]) == examples.DIFFERENCE


def test_a_difference_is_given_to_somebody_and_closed(run: Typed, desk: Desk) -> None:
    assert run("reconcile", "assign", ID, "Grace")[0] == 0
    assert run("reconcile", "close", ID, "--reason", "posted by hand")[0] == 0

    assert desk.asked == [
        (f"POST {HERE}/assignment", {"assignee": "Grace"}),
        (f"POST {HERE}/closure", {"reason": "posted by hand"}),
    ]


@pytest.mark.usefixtures("desk")
def test_worklists_are_shown_in_short_and_one_by_one(run: Typed) -> None:
    assert "1 h" in run("list")[1]
    said = run("list", LIST)[1]
    assert "the ERP has no order of record yet" in said
    assert "40.00 EUR" in said


def test_a_run_is_begun_at_once_unless_one_is_going_on(desk: Desk, run: Typed) -> None:
    assert run("reconcile", "now") == (0, "A run has begun; `orderloom reconcile status` says what it comes to.\n")
    assert "is going on already" in run("reconcile", "now")[1]
    assert [what for what, _ in desk.asked] == ["POST /v1/reconciliation/runs"] * 2
