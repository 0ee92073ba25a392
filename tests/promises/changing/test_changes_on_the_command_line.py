"""Changes from a terminal: wished, listed, taken back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest

from api.orders import change_examples as examples
from ops.cli import main as command
from ops.cli import output
from tests.promises.running.desk import Desk, open_desk

Typed = Callable[..., tuple[int, str, str]]
ORDER = "order:b2b:PO-2026-0042"
PATH = f"/v1/orders/{ORDER}/changes"
SHOWN = {
    "id": "change-1",
    "kind": "cancel_quantity",
    "status": "declined",
    "line_id": "1",
    "quantity": 2,
    "service_level": None,
    "parties": [{"party": "policy", "status": "confirmed"}, {"party": "wms", "status": "declined"}],
    "reason": "it has left already",
    "total_after": None,
}


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk() as opened:
        opened.answers |= {
            f"POST {PATH}": (202, examples.CHANGE_ANSWER),
            f"GET {PATH}": (200, {"order_id": ORDER, "changes": [SHOWN]}),
            f"POST {PATH}/change-1/withdrawal": (202, examples.CHANGE_WITHDRAWN),
        }
        monkeypatch.setenv("ORDERLOOM_API_URL", opened.url)
        monkeypatch.setenv("ORDERLOOM_API_KEY", "ol_live_test")
        yield opened


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a command; answers its exit code, what it said, and its errors."""

    def typed(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["orderloom", "change", *words])
        output.console.cache_clear()
        output.error_console.cache_clear()
        with pytest.raises(SystemExit) as ended:
            command.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return typed


WAY = ("--street", "Am Markt 5", "--city", "Leipzig", "--country", "DE")
LEIPZIG = {"lines": ["Am Markt 5"], "city": "Leipzig", "country": "DE"}


@pytest.mark.parametrize(
    ("words", "body"),
    [
        (("quantity", ORDER, "1", "3"), {"kind": "quantity", "line_id": "1", "quantity": 3}),
        (("cancel", ORDER), {"kind": "cancel_order"}),
        (("cancel", ORDER, "--line", "1"), {"kind": "cancel_line", "line_id": "1"}),
        (
            ("cancel", ORDER, "--line", "1", "--units", "2"),
            {"kind": "cancel_quantity", "line_id": "1", "quantity": 2},
        ),
        (("address", ORDER, *WAY), {"kind": "shipping_address", "address": LEIPZIG}),
        (("service", ORDER, "expedited"), {"kind": "shipping_service", "service_level": "expedited"}),
    ],
)
def test_each_kind_of_change_can_be_wished(
    desk: Desk, run: Typed, words: tuple[str, ...], body: dict[str, object]
) -> None:
    code, said, errors = run(*words, "--reason", "the customer rang")
    assert code == 0, errors
    assert "change-1 is proposed" in said
    assert desk.asked[-1] == (f"POST {PATH}", body | {"reason": "the customer rang"})


def test_changes_are_listed_with_what_each_party_said(desk: Desk, run: Typed) -> None:
    assert desk.url
    code, said, _ = run("list", ORDER)
    assert code == 0
    for text in ("cancel quantity line 1 2", "declined: it has left already", "policy confirmed, wms declined"):
        assert text in said


def test_a_change_is_taken_back(desk: Desk, run: Typed) -> None:
    assert desk.url
    code, said, _ = run("withdraw", ORDER, "change-1", "--reason", "he keeps it")
    assert code == 0
    assert "change-1 is withdrawn" in said


def test_units_without_their_line_are_refused(desk: Desk, run: Typed) -> None:
    assert desk.url
    code, _, errors = run("cancel", ORDER, "--units", "2", "--reason", "no")
    assert code != 0
    assert "--line" in errors
