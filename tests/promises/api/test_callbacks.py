"""Callbacks (RELIABILITY 3.2): only genuine ones come in, each once, and each reaches its order or says why not."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

import pytest
from httpx import Response

from activities.records.orders import QuarantineState
from models.errors import Conflict, NotFound, Unavailable
from models.order.snapshot import Headline
from models.states.lifecycle import Lifecycle
from tests.promises.api.stage import Stage, an_event, as_json, problem, sign
from tests.promises.api.test_showing_orders import a_snapshot

BODY = as_json(an_event())


def alerting(stage: Stage) -> dict[str, float]:
    """What was counted as put in quarantine for somebody to look at, by channel."""
    counted = next(iter(stage.services.metrics.quarantined.collect())).samples
    return {sample.labels["channel"]: sample.value for sample in counted if sample.name.endswith("_total")}


OTHER_SECRET = "whsec_" + base64.b64encode(b"somebody else's secret").decode()


async def call(stage: Stage, body: bytes, headers: dict[str, str], partner: str = "wms") -> Response:
    raw = {name.encode(): value.encode() for name, value in headers.items()}
    return await stage.stranger.post(f"/v1/callbacks/{partner}", content=body, headers=raw)


async def test_a_genuine_event_is_stored_and_acknowledged_without_asking_the_order(stage: Stage) -> None:
    answer = await call(stage, BODY, sign(BODY))
    assert (answer.status_code, answer.json()) == (202, {"event_id": "evt-1", "status": "received"})
    assert list(stage.inbox.events) == [("wms", "evt-1")]
    assert stage.running.delivered == []


async def test_an_event_sent_again_gets_the_same_answer_and_is_stored_once(stage: Stage) -> None:
    first, again = await call(stage, BODY, sign(BODY)), await call(stage, BODY, sign(BODY, at=time.time() - 60))
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert len(stage.inbox.events) == 1


def without(name: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda headers: {key: value for key, value in headers.items() if key != name}


def having(name: str, value: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda headers: headers | {name: value}


FORGED: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "no signature": without("webhook-signature"),
    "no timestamp": without("webhook-timestamp"),
    "no id": without("webhook-id"),
    "an empty signature": having("webhook-signature", ""),
    "bad base64": having("webhook-signature", "v1,%%%"),
    "no version": having("webhook-signature", "bm8="),
    "no comma": having("webhook-signature", "v1"),
    "two commas": having("webhook-signature", "v1,a,b"),
    "v1a only": lambda headers: headers | {"webhook-signature": headers["webhook-signature"].replace("v1,", "v1a,")},
    "10,000 signatures": having("webhook-signature", " ".join(["v1,bm8="] * 10_000)),
    "a signature that is no ASCII": having("webhook-signature", "v1,é"),
    "another secret": lambda _: sign(BODY, secret=OTHER_SECRET),
    "another body's signature": lambda _: sign(BODY + b" "),
    "another id's signature": lambda headers: headers | {"webhook-id": "evt-2"},
    "another timestamp's signature": lambda headers: (
        headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 1)}
    ),
    "301 seconds late": lambda _: sign(BODY, at=time.time() - 302),
    "six minutes early": lambda _: sign(BODY, at=time.time() + 360),
    "a day old": lambda _: sign(BODY, at=time.time() - 86_400),
    "a timestamp with a fraction": lambda headers: headers | {"webhook-timestamp": headers["webhook-timestamp"] + ".0"},
    "NaN": having("webhook-timestamp", "NaN"),
    "infinity": having("webhook-timestamp", "inf"),
    "a negative time": having("webhook-timestamp", "-1"),
    "a time in full-width digits": lambda headers: (
        headers | {"webhook-timestamp": "".join(chr(ord(digit) + 0xFEE0) for digit in headers["webhook-timestamp"])}
    ),
    "a time of 5,000 digits": having("webhook-timestamp", "1" * 5000),
    "a time with spaces inside": having("webhook-timestamp", "17 89"),
    "an id with a space": having("webhook-id", "evt 1"),
    "an endless id": having("webhook-id", "e" * 5000),
    "a version in capitals": having("webhook-signature", "V1,bm8="),
}


@pytest.mark.parametrize("case", FORGED)
async def test_a_forged_callback_is_refused_and_nothing_is_kept(stage: Stage, case: str) -> None:
    answer = await call(stage, BODY, FORGED[case](sign(BODY)))
    problem(answer, 401, "unauthenticated")
    assert stage.inbox.events == {}
    assert stage.quarantine.entries == {}


async def test_a_re_serialised_body_is_another_body(stage: Stage) -> None:
    problem(await call(stage, BODY.replace(b": ", b":"), sign(BODY)), 401)


async def test_one_good_signature_among_several_is_enough(stage: Stage) -> None:
    headers = sign(BODY)
    headers["webhook-signature"] = f"v1a,bm8= {headers['webhook-signature']} v1,bm8="
    assert (await call(stage, BODY, headers)).status_code == 202


async def test_while_a_secret_is_replaced_both_are_good(stage: Stage) -> None:
    secrets = stage.services.callback_secrets
    assert isinstance(secrets, dict)
    secrets["wms"] = f"{secrets['wms']} {OTHER_SECRET}"
    assert (await call(stage, BODY, sign(BODY))).status_code == 202
    other = as_json(an_event(event_id="evt-2"))
    assert (await call(stage, other, sign(other, "evt-2", secret=OTHER_SECRET))).status_code == 202


@pytest.mark.parametrize("partner", ["erp", "payment"])
async def test_a_partner_without_a_secret_is_refused(stage: Stage, partner: str) -> None:
    problem(await call(stage, BODY, sign(BODY), partner), 401)


async def test_an_unknown_partner_is_not_found(stage: Stage) -> None:
    document = problem(await call(stage, BODY, sign(BODY), "bank"), 404, "unknown_partner")
    assert "wms" in document["known"]


@pytest.mark.parametrize(
    "body",
    [
        as_json(an_event(release_key=None)),
        as_json(an_event(type=7)),
        as_json(an_event(colour="red")),
        as_json(an_event(order_id="not one")),
        as_json(an_event(occurred_at="yesterday")),
        as_json([an_event()]),
        as_json({}),
        b"{}{}",
        b"",
        b'{"type": "wms.acknowledged", "type": "wms.short"}',
        as_json(an_event()).replace(b'"evt-1"', b"NaN"),
    ],
)
async def test_a_genuine_callback_nobody_can_read_is_acknowledged_and_kept(stage: Stage, body: bytes) -> None:
    answer = await call(stage, body, sign(body))
    assert (answer.status_code, answer.json()["status"]) == (200, "quarantined")
    assert {entry.channel for entry in stage.quarantine.entries.values()} == {"callback_wms"}
    assert stage.inbox.events == {}
    assert alerting(stage) == {"callback_wms": 1}


@pytest.mark.parametrize("kind", ["wms.unheard_of", "stock.unheard_of"])
async def test_an_event_of_a_type_that_came_after_us_is_kept_and_is_nobodys_business(stage: Stage, kind: str) -> None:
    body = as_json(an_event(type=kind))

    answer = await call(stage, body, sign(body))

    assert (answer.status_code, answer.json()) == (200, {"event_id": "evt-1", "status": "noted"})
    (entry,) = stage.quarantine.entries.values()
    assert (entry.channel, entry.payload, entry.state) == ("callback_wms", body, QuarantineState.NOTED)
    assert alerting(stage) == {}


async def test_a_warehouse_may_tell_that_a_parcel_was_collected(stage: Stage) -> None:
    collected = {
        "type": "carrier.tracking",
        "event_id": "evt-1",
        "order_id": "order:b2b:PO-2026-0042",
        "occurred_at": "2026-11-21T08:00:00Z",
        "tracking_number": "COLLECT-P-000001",
        "state": "delivered",
    }
    body = as_json(collected)
    answer = await call(stage, body, sign(body))
    assert answer.json() == {"event_id": "evt-1", "status": "received"}
    assert list(stage.inbox.events) == [("wms", "evt-1")]


async def test_an_event_that_is_another_partners_to_tell_is_kept_apart(stage: Stage) -> None:
    answer = await call(stage, BODY, sign(BODY), "carrier")
    assert answer.json()["status"] == "quarantined"
    (entry,) = stage.quarantine.entries.values()
    assert entry.errors[0]["code"] == "not_yours"


async def test_an_event_under_another_id_than_it_was_signed_with_is_kept_and_not_believed(stage: Stage) -> None:
    answer = await call(stage, BODY, sign(BODY, "evt-7"))
    assert (answer.status_code, answer.json()) == (200, {"event_id": "evt-7", "status": "quarantined"})
    (entry,) = stage.quarantine.entries.values()
    assert entry.errors[0]["pointer"] == "/event_id"
    assert stage.inbox.events == {}


async def test_an_id_with_dots_is_an_id(stage: Stage) -> None:
    body = as_json(an_event(event_id="evt.1.2"))
    assert (await call(stage, body, sign(body, "evt.1.2"))).status_code == 202


async def test_bytes_that_are_no_text_are_refused(stage: Stage) -> None:
    problem(await call(stage, b"\xff\xfe", sign(b"")), 401)


async def test_a_callback_over_64_kibibytes_is_refused(stage: Stage) -> None:
    body = BODY + b" " * (64 * 1024)
    problem(await call(stage, body, sign(body)), 413, "too_large")


async def test_a_compressed_callback_is_refused(stage: Stage) -> None:
    problem(await call(stage, BODY, sign(BODY) | {"content-encoding": "gzip"}), 415)


# --- delivery ----------------------------------------------------------------------------------------------------------


async def received(stage: Stage, order_id: str | None = None, **changes: Any) -> tuple[str, str]:
    event = an_event(**changes) | ({"order_id": order_id} if order_id else {})
    body = as_json(event)
    assert (await call(stage, body, sign(body, event["event_id"]))).status_code == 202
    return "wms", event["event_id"]


async def test_what_was_received_is_delivered_in_its_order(stage: Stage) -> None:
    order_id = await stage.submit()
    for number in range(3):
        await received(stage, order_id, event_id=f"evt-{number}")
    assert await stage.app.state.deliveries.deliver_due() == 3
    assert [event.event_id for event in stage.running.delivered] == ["evt-0", "evt-1", "evt-2"]
    assert set(stage.inbox.outcome.values()) == {"delivered"}
    assert await stage.app.state.deliveries.deliver_due() == 0


async def test_with_temporal_away_a_callback_waits_and_is_delivered_later(stage: Stage) -> None:
    key = await received(stage, await stage.submit())
    stage.running.refuses = Unavailable("temporal", "away")
    deliveries = stage.app.state.deliveries
    waits = []
    for _ in range(6):
        await deliveries.deliver_due()
        waits.append(stage.inbox.retry_in_s[key])
    assert waits == sorted(waits)
    assert waits[-1] <= 15
    stage.running.refuses = None
    await deliveries.deliver_due()
    assert stage.inbox.outcome[key] == "delivered"


async def test_an_event_for_no_order_of_ours_is_undeliverable(stage: Stage) -> None:
    key = await received(stage, "order:b2b:nobody")
    stage.running.refuses = NotFound("no such workflow")
    await stage.app.state.deliveries.deliver_due()
    assert stage.inbox.outcome[key] == "undeliverable: there is no such order"


@pytest.mark.parametrize("refusal", [Conflict("order_ended", "the order has ended"), NotFound("gone")])
async def test_an_event_after_the_end_is_undeliverable(stage: Stage, refusal: Exception) -> None:
    order_id = await stage.submit()
    stage.orders.snapshots[order_id] = a_snapshot(order_id, lifecycle=Lifecycle.CANCELLED, headline=Headline.CANCELLED)
    key = await received(stage, order_id)
    stage.running.refuses = refusal
    await stage.app.state.deliveries.deliver_due()
    assert stage.inbox.outcome[key] == "undeliverable: the order has ended"


async def test_an_event_for_an_order_not_started_yet_waits_for_it_but_not_for_ever(stage: Stage) -> None:
    key = await received(stage, await stage.submit())
    stage.running.refuses = NotFound("no such workflow")
    deliveries = stage.app.state.deliveries
    await deliveries.deliver_due()
    assert stage.inbox.outcome[key] == "failed"
    for _ in range(20):
        await deliveries.deliver_due()
    assert stage.inbox.outcome[key] == "undeliverable: the order is not running"


async def test_one_orders_trouble_does_not_hold_up_another(stage: Stage) -> None:
    good = await stage.submit()
    await received(stage, "order:b2b:nobody", event_id="evt-bad")
    await received(stage, good, event_id="evt-good")

    deliver = stage.running.deliver

    async def choosy(event: Any) -> None:
        if event.order_id != good:
            raise NotFound("no such workflow")
        await deliver(event)

    stage.running.deliver = choosy  # type: ignore[method-assign]  # this one test needs two fates
    await stage.app.state.deliveries.deliver_due()
    assert stage.inbox.outcome[("wms", "evt-good")] == "delivered"
