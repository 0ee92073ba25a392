"""A submission is answered once and for all, kept before it is started, and never lost."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from copy import deepcopy
from typing import Any

import pytest

from activities.adapters.vendure.orders import VendureOrders
from activities.records.orders import QuarantineState
from api.orders.examples import CANONICAL_ORDER, WOOCOMMERCE_ORDER
from tests.promises.api.stage import SHOP_SECRET, Stage, as_json, problem


async def test_a_canonical_order_is_accepted_with_its_place_and_started(stage: Stage) -> None:
    answer = await stage.http.post("/v1/orders", json=CANONICAL_ORDER)
    assert answer.status_code == 202
    assert answer.headers["location"] == "/v1/orders/order:b2b:PO-2026-0042"
    assert answer.json() == {
        "id": "order:b2b:PO-2026-0042",
        "channel": "b2b",
        "external_id": "PO-2026-0042",
        "status": "received",
        "location": "/v1/orders/order:b2b:PO-2026-0042",
    }
    assert stage.running.started == ["order:b2b:PO-2026-0042"]
    await stage.app.state.deliveries.note_started()
    assert stage.orders.running == {"order:b2b:PO-2026-0042"}


async def test_the_same_order_again_gets_the_same_answer_and_is_not_started_again(stage: Stage) -> None:
    first = await stage.http.post("/v1/orders", json=CANONICAL_ORDER)
    again = await stage.http.post("/v1/orders", json=CANONICAL_ORDER)
    assert (again.status_code, again.content, again.headers["location"]) == (
        first.status_code,
        first.content,
        first.headers["location"],
    )
    assert len(stage.running.started) == 1


async def test_another_canonical_order_of_the_same_name_is_a_conflict_that_names_the_first(stage: Stage) -> None:
    await stage.submit()
    answer = await stage.http.post("/v1/orders", json=CANONICAL_ORDER | {"note": "other"})
    document = problem(answer, 409, "order_differs")
    assert document["order"] == answer.headers["location"] == "/v1/orders/order:b2b:PO-2026-0042"


async def test_a_channels_update_of_a_known_order_gets_the_first_answer(stage: Stage) -> None:
    first = await stage.http.post("/v1/channels/woocommerce/orders", json=WOOCOMMERCE_ORDER)
    update = await stage.http.post("/v1/channels/woocommerce/orders", json=WOOCOMMERCE_ORDER | {"customer_note": "x"})
    assert first.status_code == update.status_code == 202
    assert first.content == update.content
    assert len(stage.orders.kept) == 1


@pytest.mark.parametrize("name", ["woo", "woocommerce"])
async def test_a_channel_answers_to_its_other_names(stage: Stage, name: str) -> None:
    answer = await stage.http.post(f"/v1/channels/{name}/orders", json=WOOCOMMERCE_ORDER)
    assert answer.json()["id"] == "order:woocommerce:727"


async def test_adobe_commerce_is_magento(stage: Stage) -> None:
    for name in ("adobe_commerce", "adobe-commerce", "magento2"):
        answer = await stage.http.post(f"/v1/channels/{name}/orders", json={"entity_id": 1})
        problem(answer, 422)
    assert {entry.channel for entry in stage.quarantine.entries.values()} == {"magento"}


async def test_an_unknown_channel_is_not_found_and_the_known_ones_are_named(stage: Stage) -> None:
    document = problem(await stage.http.post("/v1/channels/ebay/orders", json={}), 404, "unknown_channel")
    assert {"shopify", "woocommerce", "magento", "amazon"} <= set(document["known"])


async def test_with_temporal_away_the_order_is_kept_accepted_and_started_by_the_sweep(stage: Stage) -> None:
    stage.running.reachable = False
    order_id = await stage.submit()
    deliveries = stage.app.state.deliveries
    await deliveries.note_started()
    assert stage.orders.running == set()
    assert await deliveries.sweep() == 0
    stage.running.reachable = True
    assert await deliveries.sweep() == 1
    assert stage.orders.running == {order_id}
    assert await deliveries.sweep() == 0


async def test_orders_that_cannot_be_started_do_not_hold_up_the_others(stage: Stage) -> None:
    stage.running.reachable = False
    ids = [await stage.submit(external_id=f"PO-{number}") for number in range(8)]
    stage.running.reachable = True
    stage.running.unstartable = set(ids[:4])
    assert await stage.app.state.deliveries.sweep() == 4
    assert stage.orders.running == set(ids[4:])


async def test_a_broken_store_is_a_plain_500_that_tells_nothing(stage: Stage) -> None:
    stage.orders.broken = True
    answer = await stage.http.post("/v1/orders", json=CANONICAL_ORDER)
    document = problem(answer, 500, "internal")
    assert "database" not in json.dumps(document)
    assert stage.running.started == []


async def test_a_payload_that_cannot_be_mapped_is_refused_with_pointers_and_kept(stage: Stage) -> None:
    bad = WOOCOMMERCE_ORDER | {"currency": "XXQ"}
    answer = await stage.http.post("/v1/channels/woocommerce/orders", json=bad)
    document = problem(answer, 422)
    assert document["errors"]
    assert all(error["pointer"].startswith("/") for error in document["errors"])
    assert answer.headers["location"] == f"/v1/quarantine/{document['quarantine_id']}"
    kept = await stage.http.get(answer.headers["location"])
    assert json.loads(kept.json()["payload"]) == bad
    assert kept.json()["errors"] == document["errors"]


async def test_what_is_no_json_is_kept_as_it_came(stage: Stage) -> None:
    answer = await stage.http.post(
        "/v1/channels/shopify/orders", content=b'{"id": \xff', headers={"content-type": "application/json"}
    )
    document = problem(answer, 400, "malformed")
    kept = (await stage.http.get(f"/v1/quarantine/{document['quarantine_id']}")).json()
    assert kept["payload_encoding"] == "base64"
    assert base64.b64decode(kept["payload"]) == b'{"id": \xff'


async def test_an_empty_body_is_refused_and_nothing_is_kept(stage: Stage) -> None:
    problem(await stage.http.post("/v1/channels/shopify/orders"), 400, "malformed")
    assert stage.quarantine.entries == {}


async def test_of_several_orders_each_is_answered(stage: Stage) -> None:
    def numbered(number: int, **changes: Any) -> dict[str, Any]:
        return deepcopy(WOOCOMMERCE_ORDER) | {"id": number} | changes

    payload = [numbered(1), numbered(2, currency="???"), numbered(3)]
    answer = await stage.http.post("/v1/channels/woocommerce/orders", json=payload)
    assert answer.status_code == 202
    first, second, third = answer.json()["orders"]
    assert (first["id"], third["id"]) == ("order:woocommerce:1", "order:woocommerce:3")
    assert second["status"] == "quarantined"
    assert second["errors"]
    assert json.loads(stage.quarantine.entries[second["quarantine_id"]].payload)["id"] == 2


async def test_of_several_orders_none_of_which_can_be_mapped_each_is_kept(stage: Stage) -> None:
    payload = [WOOCOMMERCE_ORDER | {"id": number, "currency": "???"} for number in (1, 2)]
    document = problem(await stage.http.post("/v1/channels/woocommerce/orders", json=payload), 422)
    assert len(document["orders"]) == len(stage.quarantine.entries) == 2


async def test_fifty_simultaneous_posts_make_one_order_and_one_start(stage: Stage) -> None:
    answers = await asyncio.gather(*(stage.http.post("/v1/orders", json=CANONICAL_ORDER) for _ in range(50)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, answers[0].content)}
    assert len(stage.running.started) == 1


async def test_a_canonical_order_that_is_refused_is_not_kept(stage: Stage) -> None:
    document = problem(await stage.http.post("/v1/orders", json=CANONICAL_ORDER | {"currency": "eur"}), 422)
    assert "/currency" in {error["pointer"] for error in document["errors"]}
    assert stage.quarantine.entries == {}
    assert stage.orders.kept == {}


# --- who may hand in ---------------------------------------------------------------------------------------------------


async def test_a_stranger_hands_nothing_in(stage: Stage) -> None:
    for path in ("/v1/orders", "/v1/channels/shopify/orders"):
        answer = await stage.stranger.post(path, json=CANONICAL_ORDER)
        problem(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert stage.quarantine.entries == {}


async def test_a_platforms_signature_lets_its_payload_in_without_a_key() -> None:
    stage = Stage(signed=True)
    body = as_json(WOOCOMMERCE_ORDER)
    signature = base64.b64encode(hmac.digest(SHOP_SECRET.encode(), body, hashlib.sha256)).decode()
    headers = {"content-type": "application/json", "x-wc-webhook-signature": signature}
    answer = await stage.stranger.post("/v1/channels/woo/orders", content=body, headers=headers)
    assert answer.status_code == 202


def signed_as_woocommerce(body: bytes) -> dict[str, str]:
    signature = base64.b64encode(hmac.digest(SHOP_SECRET.encode(), body, hashlib.sha256)).decode()
    return {"content-type": "application/json", "x-wc-webhook-signature": signature}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (as_json(WOOCOMMERCE_ORDER | {"status": "shipped-by-plugin"}), "/status"),
        (as_json([WOOCOMMERCE_ORDER | {"total": "1.00"}, WOOCOMMERCE_ORDER | {"id": 2, "currency": "???"}]), "/total"),
        (b'{"id": 5}', ""),
        (b"{", ""),
    ],
    ids=["a status nobody knows", "several, none of them good", "no order", "no JSON"],
)
async def test_a_webhook_is_taken_once_its_payload_is_safe_so_that_the_platform_keeps_it(
    body: bytes, pointer: str
) -> None:
    stage = Stage(signed=True)
    answer = await stage.stranger.post(
        "/v1/channels/woocommerce/orders", content=body, headers=signed_as_woocommerce(body)
    )
    assert answer.status_code == 200
    kept = answer.json()["orders"]
    assert kept[0]["errors"][0]["pointer"] == pointer
    assert {each["status"] for each in kept} == {"quarantined"}
    assert {each["quarantine_id"] for each in kept} == set(stage.quarantine.entries)
    assert stage.orders.kept == {}


async def test_a_webhook_with_one_good_order_among_bad_ones_says_that_something_was_taken() -> None:
    stage = Stage(signed=True)
    body = as_json([WOOCOMMERCE_ORDER | {"id": 2, "currency": "???"}, WOOCOMMERCE_ORDER])
    answer = await stage.stranger.post(
        "/v1/channels/woocommerce/orders", content=body, headers=signed_as_woocommerce(body)
    )
    assert answer.status_code == 202
    assert [each["status"] for each in answer.json()["orders"]] == ["quarantined", "received"]


PENDING_V0 = {"Order": {"AmazonOrderId": "902-1", "OrderStatus": "Pending", "PurchaseDate": "2026-11-20T08:00:00Z"}}
BASKET = {"code": "T_1", "state": "ArrangingPayment", "currencyCode": "EUR", "lines": [], "orderPlacedAt": None}
NOT_YET = [
    ("woocommerce", WOOCOMMERCE_ORDER | {"status": "pending"}, "727"),
    ("woocommerce", WOOCOMMERCE_ORDER | {"status": "checkout-draft"}, "727"),
    ("amazon", PENDING_V0, "902-1"),
    ("vendure", BASKET, "T_1"),
]


@pytest.mark.parametrize(("channel", "body", "external_id"), NOT_YET)
async def test_an_order_that_is_not_placed_yet_is_acknowledged_and_noted_whoever_brings_it(
    channel: str, body: dict[str, Any], external_id: str
) -> None:
    stage = Stage()
    stage.services.channels["vendure"] = VendureOrders("vendure")  # type: ignore[index]  # a dict, as it is made

    answer = await stage.http.post(f"/v1/channels/{channel}/orders", json=body)

    assert answer.status_code == 200
    (noted,) = answer.json()["orders"]
    assert (noted["status"], noted["errors"][0]["code"]) == ("noted", "not_placed")
    assert stage.quarantine.entries[noted["quarantine_id"]].state is QuarantineState.NOTED
    assert f"order:{channel}:{external_id}" not in stage.orders.kept
    assert await stage.quarantine.open_by_channel() == {}


async def test_an_unpaid_order_of_a_platform_is_noted_and_taken_when_it_is_paid() -> None:
    stage = Stage(signed=True)
    for status, code in (("pending", 200), ("processing", 202)):
        body = as_json(WOOCOMMERCE_ORDER | {"status": status})
        answer = await stage.stranger.post("/v1/channels/woo/orders", content=body, headers=signed_as_woocommerce(body))
        assert answer.status_code == code
    assert list(stage.orders.kept) == ["order:woocommerce:727"]
    assert await stage.quarantine.open_by_channel() == {}


async def test_an_order_in_our_hands_that_its_shop_calls_unpaid_is_for_a_person(stage: Stage) -> None:
    await stage.http.post("/v1/channels/woo/orders", json=WOOCOMMERCE_ORDER)

    problem(await stage.http.post("/v1/channels/woo/orders", json=WOOCOMMERCE_ORDER | {"status": "failed"}), 422)

    assert await stage.quarantine.open_by_channel() == {"woocommerce": 1}


async def test_what_waits_in_quarantine_for_somebody_is_a_number_that_an_alert_can_stand_on(stage: Stage) -> None:
    await stage.http.post("/v1/channels/woo/orders", json=WOOCOMMERCE_ORDER | {"status": "pending"})
    await stage.http.post("/v1/channels/woo/orders", json=WOOCOMMERCE_ORDER | {"currency": "???"})

    await stage.app.state.deliveries.count_quarantine()

    page = (await stage.stranger.get("/metrics")).text
    assert 'orderloom_quarantine_open{channel="woocommerce"} 1.0' in page


async def test_the_same_payload_handed_in_with_a_key_is_refused_and_kept(stage: Stage) -> None:
    body = WOOCOMMERCE_ORDER | {"status": "shipped-by-plugin"}
    problem(await stage.http.post("/v1/channels/woocommerce/orders", json=body), 422)
    assert len(stage.quarantine.entries) == 1


@pytest.mark.parametrize("signed", [True, False])
async def test_a_shop_that_tries_its_new_webhook_hears_that_somebody_is_there(signed: bool) -> None:  # noqa: FBT001
    stage = Stage(signed=signed)
    answer = await stage.stranger.post("/v1/channels/woocommerce/orders", data={"webhook_id": "12"})
    assert (answer.status_code, answer.json()) == (200, {"orders": []})
    assert (stage.orders.kept, stage.quarantine.entries) == ({}, {})


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/v1/channels/woocommerce/orders", {"webhook_id": "12", "total": "1"}),
        ("/v1/channels/woocommerce/orders", {"webhook_id": "twelve"}),
        ("/v1/orders", {"webhook_id": "12"}),
    ],
)
async def test_no_other_form_is_taken(stage: Stage, path: str, form: dict[str, str]) -> None:
    problem(await stage.http.post(path, data=form), 415, "content_type")


@pytest.mark.parametrize("signature", [None, "", "bm8=", "é", "a" * 4000])
async def test_a_missing_or_wrong_signature_is_refused_whoever_asks(signature: str | None) -> None:
    stage = Stage(signed=True)
    headers = {} if signature is None else {"x-wc-webhook-signature": signature.encode()}
    answer = await stage.http.post(
        "/v1/channels/woocommerce/orders",
        content=as_json(WOOCOMMERCE_ORDER),
        headers={b"content-type": b"application/json", **{k.encode(): v for k, v in headers.items()}},
    )
    problem(answer, 401)
    assert stage.orders.kept == {}
    assert stage.quarantine.entries == {}
