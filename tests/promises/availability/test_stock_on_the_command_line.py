"""Stock from a terminal: a number term by term, events from a file, who waits, what comes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.orders.examples import PUBLICATION_LAGS
from api.reconciliation.examples import RUN_BEGUN
from api.stock import examples
from ops.cli import main as command
from ops.cli import output
from tests.promises.running.desk import Desk, open_desk

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk() as opened:
        opened.answers |= {
            "GET /v1/inventory/MUG": (200, examples.AVAILABILITY),
            "GET /v1/inventory/backorders": (200, examples.BACKORDERS),
            "GET /v1/inventory/supplies": (200, examples.SUPPLIES),
            "GET /v1/inventory/supplies/PO-17": (200, examples.SUPPLY),
            "GET /v1/inventory/differences": (200, examples.DIFFERENCES),
            "GET /v1/inventory/risks": (200, examples.RISKS),
            "POST /v1/inventory/events": (200, examples.SEVERAL_WRITTEN),
            "POST /v1/inventory/checks": (202, RUN_BEGUN),
            "GET /v1/publications": (200, PUBLICATION_LAGS),
        }
        monkeypatch.setenv("ORDERLOOM_API_URL", opened.url)
        monkeypatch.setenv("ORDERLOOM_API_KEY", "ol_live_test")
        yield opened


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a command; answers its exit code, what it said, and its errors."""

    def typed(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["orderloom", "stock", *words])
        output.console.cache_clear()
        output.error_console.cache_clear()
        with pytest.raises(SystemExit) as ended:
            command.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return typed


def test_a_number_is_shown_with_all_its_terms(desk: Desk, run: Typed) -> None:
    code, said, _ = run("show", "MUG", "--channel", "shopify", "--at", "2026-11-30")

    assert code == 0
    assert "shopify may show 33" in said
    for text in ("on hand", "+40", "allocated to orders", "-3", "as safety stock", "buffer", "2026-11-01"):
        assert text in said
    assert "channel=shopify" in desk.queries[-1]
    assert "at=2026-11-30T23:59:59Z" in desk.queries[-1]


@pytest.mark.usefixtures("desk")
def test_json_is_the_answer_and_nothing_else(run: Typed) -> None:
    assert json.loads(run("show", "MUG", "--json")[1]) == examples.AVAILABILITY
    assert json.loads(run("backorders", "--json")[1]) == {"backorders": examples.BACKORDERS["backorders"]}


def test_a_date_that_is_none_is_refused_before_anybody_is_asked(desk: Desk, run: Typed) -> None:
    code, _, errors = run("show", "MUG", "--at", "soon")

    assert code == 2
    assert "soon is neither a day" in errors
    assert desk.asked == []


def test_events_are_told_from_a_file_and_a_refusal_is_no_success(desk: Desk, run: Typed, tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    file.write_text(json.dumps([examples.STOCK_EVENT, {}]), encoding="utf-8")

    code, said, _ = run("event", str(file))

    assert code == 1
    assert said.splitlines() == ["GR-1001: written", "an event: refused: /1/lines/0/quantity must be 1 or more"]
    assert desk.asked[-1] == ("POST /v1/inventory/events", [examples.STOCK_EVENT, {}])
    desk.answers["POST /v1/inventory/events"] = (200, examples.WRITTEN | {"repeated": True})
    assert run("event", str(file))[:2] == (0, "GR-1001: repeated\n")


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("backorders", "--sku", "MUG"), ("order:b2b:PO-2026-0042", "4 MUG", "2026-11-30 12:00")),
        (("supplies", "--late"), ("PO-17", "Potteries Ltd", "2026-11-25 12:00")),
        (("supplies", "PO-17"), ("order:b2b:PO-2026-0042", "MUG-BLUE")),
        (("differences", "--state", "open"), ("warehouse", "on_hand", "40", "39")),
    ],
)
def test_lists_are_shown_as_tables(run: Typed, words: tuple[str, ...], shown: tuple[str, ...]) -> None:
    code, said, _ = run(*words)

    assert code == 0
    assert all(text in said for text in shown), said


def test_an_empty_list_says_so(desk: Desk, run: Typed) -> None:
    desk.answers["GET /v1/inventory/backorders"] = (200, {"backorders": [], "next_cursor": None})

    assert run("backorders")[1].strip() == "Nobody waits."


def test_stock_is_compared_at_once(desk: Desk, run: Typed) -> None:
    code, said, _ = run("check")

    assert code == 0
    assert "Stock is being compared; `orderloom stock differences`" in said
    assert desk.asked[-1][0] == "POST /v1/inventory/checks"


@pytest.mark.usefixtures("desk")
def test_every_channel_says_how_late_it_hears(run: Typed) -> None:
    code, said, _ = run("channels")

    assert code == 0
    for lag in PUBLICATION_LAGS["channels"]:
        assert lag["channel"] in said
        assert f"{lag['p95_s']:.1f}" in said


def test_what_a_channel_will_soon_have_none_of_is_listed(desk: Desk, run: Typed) -> None:
    code, said, _ = run("risks", "--channel", "shopify", "--days", "3")

    assert code == 0
    for text in ("shopify", "MUG-BLUE", "12", "4.0", "3.0", "2026-12-01 10:00"):
        assert text in said
    assert "within_days=3" in desk.queries[-1]
    assert "channel=shopify" in desk.queries[-1]
