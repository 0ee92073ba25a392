"""Returns from a terminal: opened, shown, received, inspected, decided."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest

from api.returns import examples
from ops.cli import main as command
from ops.cli import output
from tests.promises.running.desk import Desk, open_desk

Typed = Callable[..., tuple[int, str, str]]
RETURN = "return:b2b:PO-2026-0042:1"
SHOWN = {
    "id": RETURN,
    "status": "received",
    "resolution": "refund",
    "given": {"amount": 1190, "currency": "EUR"},
    "waiting_on": "finance",
    "lines": [
        {
            "line_id": "1",
            "sku": "MUG",
            "reason": "damaged",
            "requested": 2,
            "authorised": 2,
            "received": 2,
            "missing": 0,
            "accepted": 1,
            "rejected": 1,
            "settled": 1,
            "dispositions": {"scrap": 1, "quarantine": 1},
        }
    ],
    "holds": [{"id": "refund-1", "state": "open", "owner": "finance", "reason": "give 11.90 EUR back"}],
}
STORY = {"entries": [{"at": "2026-11-21T08:00:00Z", "actor": "dock", "text": "2 received at berlin"}]}


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk() as opened:
        opened.answers |= {
            "POST /v1/orders/order:b2b:PO-2026-0042/returns": (202, examples.ACCEPTED_RETURN),
            "GET /v1/returns": (200, {"returns": [SHOWN], "next_cursor": None}),
            f"GET /v1/returns/{RETURN}": (200, SHOWN),
            f"GET /v1/returns/{RETURN}/timeline": (200, STORY),
            **{
                f"POST /v1/returns/{RETURN}/{what}": (200, examples.RETURN_ANSWER)
                for what in ("receipt", "inspection", "decision", "withdrawal")
            },
        }
        monkeypatch.setenv("ORDERLOOM_API_URL", opened.url)
        monkeypatch.setenv("ORDERLOOM_API_KEY", "ol_live_test")
        yield opened


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a command; answers its exit code, what it said, and its errors."""

    def typed(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["orderloom", "return", *words])
        output.console.cache_clear()
        output.error_console.cache_clear()
        with pytest.raises(SystemExit) as ended:
            command.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return typed


def test_a_return_is_opened_for_an_order(desk: Desk, run: Typed) -> None:
    code, said, _ = run("open", "b2b:PO-2026-0042", "--line", "1=2", "--reason", "damaged")

    assert code == 0
    assert f"{RETURN} is requested" in said
    assert desk.url


def test_returns_are_listed_and_shown_with_their_story(desk: Desk, run: Typed) -> None:
    code, said, _ = run("list", "--hold", "refund")
    assert code == 0
    assert "refund-1" in said
    assert "hold=refund" in desk.queries[-1]

    code, said, _ = run("show", "b2b:PO-2026-0042:1")
    assert code == 0
    for text in ("waits for finance", "1 accepted", "1 scrap", "give 11.90 EUR back", "2 received at berlin"):
        assert text in said


@pytest.mark.slow
def test_each_step_of_a_return_can_be_told(desk: Desk, run: Typed) -> None:
    assert desk.url
    for words in (
        ("receive", RETURN, "--goods", "MUG=1", "--node", "berlin"),
        ("inspect", RETURN, "--line", "1=1", "--grade", "damaged", "--rejected", "--reason", "drunk from"),
        ("decide", RETURN, "approve", "--reason", "a good customer", "--amount", "7.50"),
        ("withdraw", RETURN, "--reason", "he keeps it"),
    ):
        code, said, errors = run(*words)
        assert code == 0, errors
        assert "1 received at berlin" in said


def test_what_is_no_quantity_and_no_amount_is_said_plainly(desk: Desk, run: Typed) -> None:
    assert desk.url
    code, _, errors = run("receive", RETURN, "--goods", "MUG", "--node", "berlin")
    assert code != 0
    assert "NAME=QUANTITY" in errors
    code, _, errors = run("decide", RETURN, "approve", "--reason", "x", "--amount", "much")
    assert code != 0
    assert "no amount of EUR" in errors
