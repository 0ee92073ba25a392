"""What an order looks like from outside: where it stands, what it waits for, and how it came to that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.money import Money
from models.order.snapshot import (
    Headline,
    LineProgress,
    MoneyProgress,
    OrderSnapshot,
    ShipmentProgress,
    TimelineEntry,
    TimelineKind,
)
from models.policy.decision import Decision, DecisionKind
from models.states.fulfilment import FulfilmentState, ShipmentState
from models.states.hold import Hold, HoldKind, HoldState
from models.states.lifecycle import Lifecycle
from models.states.payment import PaymentState
from tests.promises.api.fakes import NOW
from tests.promises.api.stage import Stage, problem


def euro(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


def a_hold(hold_id: str, state: HoldState = HoldState.OPEN) -> Hold:
    return Hold(
        id=hold_id,
        kind=HoldKind(hold_id.rsplit("-", 1)[0]),
        owner="risk",
        reason="it looks odd",
        release_rule="an answer from risk",
        opened_at=NOW,
        opened_by="orderloom",
        state=state,
    )


def a_snapshot(order_id: str, **changes: Any) -> OrderSnapshot:
    parts: dict[str, Any] = {
        "order_id": order_id,
        "version": 3,
        "at": NOW,
        "lifecycle": Lifecycle.IN_FULFILMENT,
        "headline": Headline.ON_HOLD,
        "fulfilment": FulfilmentState.OPEN,
        "policy_version": "2026-11-01",
        "waiting_on": "risk",
        "money": MoneyProgress(
            state=PaymentState.PARTIALLY_CAPTURED,
            authorised=euro(4000),
            captured=euro(1000),
            refunded=euro(0),
            invoiced=euro(1000),
        ),
        "lines": (LineProgress(line_id="1", sku="MUG", ordered=4, reserved=4, shipped=1, cancelled=1),),
        "shipments": (
            ShipmentProgress(
                shipment_id="S-1",
                node="north",
                carrier="dhl",
                tracking_number="00340",
                state=ShipmentState.IN_TRANSIT,
                value=euro(1000),
            ),
        ),
        "holds": (a_hold("credit-1", HoldState.APPROVED), a_hold("fraud-1")),
        "references": {"erp_order": "SO-1"},
    }
    return OrderSnapshot(**parts | changes)


async def test_an_order_that_has_not_written_yet_is_shown_as_received(stage: Stage) -> None:
    order = (await stage.http.get(f"/v1/orders/{await stage.submit()}")).json()
    assert (order["status"], order["lifecycle"], order["holds"], order["shipments"]) == ("received", "received", [], [])
    assert order["total"] == {"amount": 4000, "currency": "EUR"}
    assert order["payment"] == {
        "terms": "account",
        "state": "pending",
        "authorised": 0,
        "captured": 0,
        "held_by_channel": 0,
        "refunded": 0,
        "credited": 0,
        "invoiced": 0,
        "written_off": 0,
        "owed": 0,
        "by": "payment_provider",
    }
    assert [(line["sku"], line["quantity"], line["shipped"]) for line in order["lines"]] == [("MUG", 4, 0)]


async def test_an_order_at_work_shows_open_holds_first_and_where_goods_and_money_are(stage: Stage) -> None:
    order_id = await stage.submit()
    stage.orders.snapshots[order_id] = a_snapshot(order_id)
    order = (await stage.http.get(f"/v1/orders/{order_id}")).json()
    assert (order["status"], order["waiting_on"]) == ("on_hold", "risk")
    assert [(hold["id"], hold["state"]) for hold in order["holds"]] == [("fraud-1", "open"), ("credit-1", "approved")]
    hold = order["holds"][0]
    assert {"kind", "owner", "reason", "opened_at", "release_rule", "waiting_on"} <= hold.keys()
    assert order["payment"]["captured"] == 1000
    assert order["lines"][0]["shipped"] == order["lines"][0]["cancelled"] == 1
    assert order["shipments"][0]["tracking_number"] == "00340"
    assert order["references"] == {"erp_order": "SO-1"}


async def test_no_address_and_no_name_is_shown(stage: Stage) -> None:
    order_id = await stage.submit(customer={"id": "C-1", "name": "Ada Lovelace", "email": "ada@example.com"})
    shown = (await stage.http.get(f"/v1/orders/{order_id}")).text
    assert not any(word in shown for word in ("Lovelace", "ada@example.com", "Hauptstr"))


async def test_every_link_of_an_order_leads_somewhere(stage: Stage) -> None:
    order_id = await stage.submit()
    links = (await stage.http.get(f"/v1/orders/{order_id}")).json()["links"]
    for name, link in links.items():
        answer = await stage.http.get(link)
        assert answer.status_code == (405 if name == "cancellation" else 200)


async def test_the_timeline_and_the_decisions_are_shown_in_order(stage: Stage) -> None:
    order_id = await stage.submit()
    stage.orders.story[order_id] = [
        TimelineEntry(position=n, at=NOW + timedelta(seconds=n), kind=TimelineKind.STEP, text=text, actor="orderloom")
        for n, text in enumerate(("received", "accepted"))
    ]
    stage.orders.decided[order_id] = [
        Decision(kind=DecisionKind.FRAUD, policy_version="v1", input={"total": 4000}, outcome="pass")
    ]
    timeline = (await stage.http.get(f"/v1/orders/{order_id}/timeline")).json()
    assert [entry["text"] for entry in timeline["entries"]] == ["received", "accepted"]
    decisions = (await stage.http.get(f"/v1/orders/{order_id}/decisions")).json()
    assert decisions["decisions"][0]["outcome"] == "pass"


async def test_a_list_is_read_page_by_page_by_its_link(stage: Stage) -> None:
    for number in range(5):
        await stage.submit(external_id=f"PO-{number}")
    seen: list[str] = []
    link: str | None = "/v1/orders?limit=2&channel=b2b"
    while link:
        answer = await stage.http.get(link)
        page = answer.json()
        seen += [order["external_id"] for order in page["orders"]]
        assert ("next" in answer.links) == (page["next_cursor"] is not None)
        link = answer.links.get("next", {}).get("url")
    assert seen == ["PO-4", "PO-3", "PO-2", "PO-1", "PO-0"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=on_hold", True),
        ("status=received", False),
        ("hold=fraud", True),
        ("hold=credit", False),
        ("waiting_on=risk", True),
        ("waiting_on=erp", False),
        ("customer_id=C-1001", True),
        ("customer_id=C-2", False),
        ("external_id=PO-2026-0042&channel=b2b", True),
        ("channel=pos", False),
    ],
)
async def test_a_list_holds_what_was_asked_for(stage: Stage, query: str, *, found: bool) -> None:
    order_id = await stage.submit()
    stage.orders.snapshots[order_id] = a_snapshot(order_id)
    orders = (await stage.http.get(f"/v1/orders?{query}")).json()["orders"]
    assert [order["id"] for order in orders] == ([order_id] if found else [])


async def test_views_are_for_known_callers_only(stage: Stage) -> None:
    order_id = await stage.submit()
    paths = ["/v1/orders", f"/v1/orders/{order_id}", f"/v1/orders/{order_id}/timeline", "/v1/quarantine"]
    for path in [*paths, f"/v1/orders/{order_id}/decisions", "/v1/quarantine/x"]:
        problem(await stage.stranger.get(path), 401, "unauthenticated")


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic b2xfdGVzdF9rZXk6"},
        {"Authorization": "ol_test_key"},
        {"X-Api-Key": "wrong"},
        {"X-Api-Key": "x" * 5000},
        {"Authorization": "Bearer wrong", "X-Api-Key": "ol_test_key"},
    ],
)
async def test_a_wrong_key_is_nobodys(stage: Stage, headers: dict[str, str]) -> None:
    problem(await stage.client(headers).get("/v1/orders"), 401, "unauthenticated")


@pytest.mark.parametrize("headers", [{"Authorization": "bearer ol_test_key"}, {"X-Api-Key": "ol_test_key"}])
async def test_a_key_is_taken_from_either_header(stage: Stage, headers: dict[str, str]) -> None:
    assert (await stage.client(headers).get("/v1/orders")).status_code == 200
