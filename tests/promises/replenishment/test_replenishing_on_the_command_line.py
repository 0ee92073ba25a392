"""What is bought and why, what if, campaigns and transfers, from a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import pytest

from api.stock import replenishment_examples as examples
from ops.cli import main as command
from ops.cli import output
from tests.promises.running.desk import Desk, open_desk

Typed = Callable[..., tuple[int, str]]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk() as opened:
        opened.answers |= {
            "GET /v1/inventory/replenishment": (200, examples.PROPOSALS),
            "POST /v1/inventory/replenishment/scenarios": (200, examples.PLAYED),
            "GET /v1/inventory/promotions": (200, examples.PROMOTIONS),
            "POST /v1/inventory/promotions": (200, examples.PROMOTION_STANDING),
            "GET /v1/inventory/suppliers": (200, examples.SUPPLIERS),
            "POST /v1/inventory/transfers": (202, examples.TRANSFER_ACCEPTED),
        }
        monkeypatch.setenv("ORDERLOOM_API_URL", opened.url)
        monkeypatch.setenv("ORDERLOOM_API_KEY", "ol_live_test")
        yield opened


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a command; answers its exit code and what it said."""

    def typed(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["orderloom", "replenish", *words])
        output.console.cache_clear()
        output.error_console.cache_clear()
        with pytest.raises(SystemExit) as ended:
            command.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return typed


@pytest.mark.usefixtures("desk")
def test_the_plan_says_what_is_bought_from_whom_why_and_what_was_refused(run: Typed) -> None:
    code, said = run("plan")

    assert code == 0
    for words in ("MUG-BLUE", "144", "Nordic Trading", "at or below 50", "LAMP-NEW", "cannot be bought", "2026-11-01"):
        assert words in said


def test_a_scenario_is_asked_for_in_options_and_shown_beside_what_comes_anyway(desk: Desk, run: Typed) -> None:
    code, said = run("scenario", "MUG-BLUE", "berlin", "--demand", "2", "--delay", "5", "--reorder-point", "70")

    assert code == 0
    assert desk.asked[-1][1] == {
        "sku": "MUG-BLUE",
        "node": "berlin",
        "days": 30,
        "demand_factor": 2.0,
        "supply_delay_days": 5,
        "reorder_point": 70,
    }
    for words in ("as it is: 7.0 a day, lasts", "14.0 a day, below safety stock on 2026-11-24", "144 would be ordered"):
        assert words in said


def test_a_campaign_is_watched_and_says_what_is_missing(desk: Desk, run: Typed) -> None:
    when = ("--starts", "2027-03-01", "--ends", "2027-03-14")
    code, said = run("promote", "spring-mugs", "MUG-BLUE", "600", *when, "--channel", "shopify")

    assert code == 0
    assert desk.asked[-1][1] == examples.PROMOTION
    assert "180" in said
    assert run("promotions")[1] == said


def test_goods_are_sent_from_node_to_node_with_a_reason(desk: Desk, run: Typed) -> None:
    reason = "the shop window is empty"
    code, said = run("transfer", "MUG-BLUE", "6", "--from", "berlin", "--to", "store-mitte", "--reason", reason)

    assert code == 0
    assert desk.asked[-1][1] == examples.TRANSFER
    assert "the warehouse is asked" in said


@pytest.mark.usefixtures("desk")
def test_suppliers_are_listed_with_what_they_promise_and_how_far_they_put_it_off(run: Typed) -> None:
    code, said = run("suppliers")

    assert code == 0
    for words in ("Nordic Trading", "24", "7.0", "1.4"):
        assert words in said


@pytest.mark.slow
@pytest.mark.usefixtures("desk")
def test_for_a_script_everything_is_one_document(run: Typed) -> None:
    assert json.loads(run("plan", "--json")[1]) == examples.PROPOSALS
    assert json.loads(run("promotions", "--json")[1]) == examples.PROMOTIONS
    assert json.loads(run("scenario", "MUG-BLUE", "berlin", "--json")[1]) == examples.PLAYED
