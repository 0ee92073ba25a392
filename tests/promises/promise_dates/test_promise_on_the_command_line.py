"""A promise from a terminal: the dates, why they are what they are, and the orders whose promise is at risk."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from ops.cli import main as command
from ops.cli import output
from tests.promises.running.desk import open_desk

ORDER = "order:b2b:PO-7"
DELIVER = {"earliest": "2026-11-24T07:00:00Z", "latest": "2026-11-25T19:00:00Z"}
PROMISE = {
    "version": 1,
    "at": "2026-11-20T18:00:00Z",
    "state": "at_risk",
    "risk": "it is to leave by 2026-11-23 15:00 UTC, and has not",
    "ship": {"earliest": "2026-11-23T15:00:00Z", "latest": "2026-11-23T15:00:00Z"},
    "deliver": DELIVER,
    "deliver_by": "2026-11-25T19:00:00Z",
    "lines": [{"line_id": "1", "ship": None, "deliver": DELIVER, "terms": ["berlin has it ready"]}],
}
SHOWN: dict[str, Any] = {
    "id": ORDER,
    "status": "in_fulfilment",
    "total": {"amount": 1190, "currency": "EUR"},
    "payment": {
        "terms": "account",
        "state": "pending",
        "authorised": 0,
        "captured": 0,
        "refunded": 0,
        "invoiced": 0,
    },
    "waiting_on": "wms",
    "promise": PROMISE,
    "holds": [],
    "lines": [],
    "shipments": [],
}


@pytest.fixture
def run(monkeypatch, capsys):
    with open_desk() as desk:
        desk.answers |= {
            "GET /v1/orders": (200, {"orders": [SHOWN], "next_cursor": None}),
            f"GET /v1/orders/{ORDER}": (200, SHOWN),
            f"GET /v1/orders/{ORDER}/timeline": (200, {"entries": []}),
            f"GET /v1/orders/{ORDER}/decisions": (200, {"decisions": []}),
        }
        monkeypatch.setenv("ORDERLOOM_API_URL", desk.url)
        monkeypatch.setenv("ORDERLOOM_API_KEY", "ol_live_test")
        monkeypatch.setenv("COLUMNS", "300")

        def typed(*words: str) -> str:
            monkeypatch.setattr(sys, "argv", ["orderloom", *words])
            output.console.cache_clear()
            with pytest.raises(SystemExit) as ended:
                command.main()
            assert not ended.value.code
            return f"{capsys.readouterr().out}\n{desk.queries[-1]}"

        yield typed


def test_an_order_shows_its_promise_and_what_it_rests_on(run):
    said = run("show", ORDER)
    assert "promise: at risk: it is to leave by 2026-11-23 15:00 UTC, and has not" in said
    assert "is there by 2026-11-25 19:00 UTC" in said
    assert "berlin has it ready" in said
    assert "nobody knows" in said


def test_orders_at_risk_are_listed(run):
    said = run("orders", "--promise", "at_risk")
    assert ORDER in said
    assert "promise=at_risk" in said
