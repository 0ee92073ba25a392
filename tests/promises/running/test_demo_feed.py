"""The demonstration follows every order to its end or its hold, and counts nothing as settled that is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ops.cli.client import Api
from ops.cli.connection import Connection
from ops.cli.exits import UnreachableError
from ops.demo.feeding import Feed
from ops.demo.report import Report, rows_of
from ops.demo.row import Row, is_settled
from ops.demo.words import next_steps, summary
from ops.samples.loading import Sample
from tests.promises.running.desk import Desk, an_order, open_desk

INTAKE = "POST /v1/channels/shopify/orders"
LIST = "GET /v1/orders"
ONE = "GET /v1/orders/order:shopify:1"
SAMPLE = Sample("shopify", "ordinary", b"{}")
TAKEN = {"id": "order:shopify:1", "channel": "shopify", "external_id": "1", "status": "received"}


class Watching:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def changed(self, row: Row) -> None:
        self.seen.append(row.headline)


@pytest.fixture
def watching() -> Watching:
    return Watching()


@pytest.fixture
def desk() -> Iterator[Desk]:
    with open_desk() as opened:
        opened.answers[INTAKE] = (202, TAKEN)
        yield opened


@pytest.fixture
def feed(desk: Desk, watching: Watching) -> Iterator[Feed]:
    with Api(Connection(desk.url, "k")) as api:
        yield Feed(api, [SAMPLE], watching)


def shows(desk: Desk, *orders: dict[str, Any]) -> None:
    """Have the API show the order so, one look after the other."""
    desk.answers[LIST] = [(200, {"orders": [order], "next_cursor": None}) for order in orders]
    desk.answers[ONE] = (200, orders[-1])


def a_report(feed: Feed) -> Report:
    return Report.model_validate(
        {"started_at": "2026-11-21T08:00:00Z", "seconds": 5, "first_completed_seconds": 2, "orders": rows_of(feed.rows)}
    )


@pytest.mark.slow
def test_an_order_is_followed_until_it_is_completed(desk, feed, watching, tmp_path: Path):
    shows(desk, an_order(status="in_fulfilment"), an_order(status="completed"))
    feed.run(10)
    report = a_report(feed)
    assert watching.seen == ["received", "in_fulfilment", "completed"]
    assert report.unsettled == []
    report.write(tmp_path / "new" / "report.json")
    (row,) = json.loads((tmp_path / "new" / "report.json").read_text())["orders"]
    expected = {
        "channel": "shopify",
        "external_id": "1",
        "order_id": "order:shopify:1",
        "headline": "completed",
        "holds": [],
        "authorised": 1999,
        "captured": 1999,
        "refunded": 0,
        "currency": "EUR",
    }
    assert {name: row[name] for name in expected} == expected
    assert row["seconds"] >= 0


@pytest.mark.slow
def test_an_order_that_waits_for_a_person_is_settled_and_says_for_what(desk, feed):
    shows(desk, an_order())
    feed.run(10)
    (row,) = a_report(feed).orders
    assert (row.headline, row.holds, row.seconds is None) == ("on_hold", ["fraud"], False)


@pytest.mark.slow
def test_an_order_that_reaches_neither_in_time_is_unsettled(desk, feed):
    shows(desk, an_order(status="shipped"))
    feed.run(0.2)
    report = a_report(feed)
    assert [row.headline for row in report.unsettled] == ["shipped"]
    assert report.unsettled[0].seconds is None


@pytest.mark.slow
def test_an_order_among_many_newer_ones_is_read_by_itself(desk, feed):
    shows(desk, an_order(status="completed"))
    desk.answers[LIST] = (200, {"orders": [], "next_cursor": None})
    feed.run(10)
    assert a_report(feed).unsettled == []


@pytest.mark.slow
def test_a_refused_order_is_unsettled_and_says_why(desk, feed):
    desk.answers[INTAKE] = (422, {"detail": "line 1 has no price", "quarantine_id": "q-1"})
    feed.run(10)
    (row,) = a_report(feed).unsettled
    assert row.headline == "refused"
    assert "line 1 has no price; kept in quarantine as q-1" in str(row.error)


@pytest.mark.slow
def test_one_payload_with_several_orders_is_several_rows(desk, feed):
    kept = {"status": "quarantined", "quarantine_id": "q-1", "location": "/v1/quarantine/q-1", "errors": []}
    desk.answers[INTAKE] = (202, {"orders": [TAKEN, kept]})
    shows(desk, an_order(status="completed"))
    feed.run(10)
    assert sorted(row.headline for row in feed.rows) == ["completed", "refused"]


@pytest.mark.slow
def test_an_api_that_goes_away_ends_the_run(watching):
    with Api(Connection("http://127.0.0.1:9", "k")) as api, pytest.raises(UnreachableError):
        Feed(api, [SAMPLE], watching).run(10)


def test_a_hold_that_ends_by_itself_is_waited_for():
    assert not is_settled("on_hold", ["partner_unavailable"])
    assert is_settled("on_hold", ["partner_unavailable", "credit"])


@pytest.mark.slow
def test_what_to_try_next_names_an_order_that_one_word_lets_go_on(desk, feed):
    shows(desk, an_order())
    feed.run(10)
    report = a_report(feed)
    commands = [how for _, how in next_steps(report, "http://127.0.0.1:8233", Path("/data"))]
    assert any(how.startswith("orderloom approve order:shopify:1 --reason") for how in commands)
    assert all("--data /data" in how for how in commands if how.startswith("orderloom"))
    assert summary(report) == "1 orders in 5 s: 1 on_hold"


def test_what_was_never_handed_in_is_not_passed_over(desk):
    shows(desk, an_order(status="completed"))
    many = [SAMPLE] * 200
    with Api(Connection(desk.url, "k")) as api:
        ended = Feed(api, many, Watching())
        ended.stop()
        ended.run(10)
    assert len(ended.rows) == len(many)
    assert a_report(ended).unsettled
