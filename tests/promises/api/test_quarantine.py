"""No payload is lost: what cannot be mapped is listed, corrected and replayed."""

from __future__ import annotations

from typing import Any

from api.orders.examples import WOOCOMMERCE_ORDER
from models.errors import InvalidInput
from tests.promises.api.stage import Stage, an_event, as_json, problem, sign

BAD = WOOCOMMERCE_ORDER | {"currency": "???"}


async def quarantined(stage: Stage, payload: dict[str, Any] = BAD) -> str:
    answer = await stage.http.post("/v1/channels/woocommerce/orders", json=payload)
    entry_id: str = answer.json()["quarantine_id"]
    return entry_id


async def test_what_is_kept_is_listed_with_its_errors(stage: Stage) -> None:
    entry_id = await quarantined(stage)
    page = (await stage.http.get("/v1/quarantine?state=open&channel=woocommerce")).json()
    assert [(entry["id"], entry["channel"], entry["state"]) for entry in page["entries"]] == [
        (entry_id, "woocommerce", "open")
    ]
    assert page["entries"][0]["errors"]
    assert "payload" not in page["entries"][0]


async def test_the_list_is_read_page_by_page(stage: Stage) -> None:
    for number in range(3):
        await quarantined(stage, BAD | {"id": number})
    first = await stage.http.get("/v1/quarantine?limit=2")
    rest = await stage.http.get(first.links["next"]["url"])
    assert len(first.json()["entries"]) + len(rest.json()["entries"]) == 3
    assert rest.json()["next_cursor"] is None


async def test_a_corrected_payload_becomes_an_order(stage: Stage) -> None:
    entry_id = await quarantined(stage)
    path = f"/v1/quarantine/{entry_id}/replay"
    answer = await stage.http.post(path, json={"payload": WOOCOMMERCE_ORDER})
    assert answer.status_code == 202
    assert answer.json()["id"] == "order:woocommerce:727"
    assert stage.running.started == ["order:woocommerce:727"]
    entry = (await stage.http.get(f"/v1/quarantine/{entry_id}")).json()
    assert (entry["state"], entry["order_id"], entry["attempts"]) == ("replayed", "order:woocommerce:727", 2)
    again = problem(await stage.http.post(path, json={"payload": WOOCOMMERCE_ORDER}), 409, "replayed_already")
    assert again["order"] == "/v1/orders/order:woocommerce:727"


async def test_a_replay_without_a_body_reads_the_same_payload_again(stage: Stage) -> None:
    entry_id = await quarantined(stage)
    answer = await stage.http.post(f"/v1/quarantine/{entry_id}/replay")
    assert problem(answer, 422)["quarantine_id"] == entry_id
    assert stage.quarantine.entries[entry_id].attempts == 2


async def test_a_correction_that_does_not_help_stays_with_its_new_errors(stage: Stage) -> None:
    entry_id = await quarantined(stage)
    answer = await stage.http.post(f"/v1/quarantine/{entry_id}/replay", json={"payload": BAD | {"currency": "xx"}})
    problem(answer, 422)
    assert b'"xx"' in stage.quarantine.entries[entry_id].payload
    assert stage.orders.kept == {}


async def test_numbers_of_a_correction_stay_as_they_were_written(stage: Stage) -> None:
    entry_id = await quarantined(stage)
    body = b'{"payload": {"a": 36.39, "b": 12345678901234567890, "c": 1.5e3, "d": 0.1}}'
    await stage.http.post(
        f"/v1/quarantine/{entry_id}/replay", content=body, headers={"content-type": "application/json"}
    )
    assert stage.quarantine.entries[entry_id].payload == b'{"a":36.39,"b":12345678901234567890,"c":1500.0,"d":0.1}'


async def test_a_replay_body_that_makes_no_sense_changes_nothing(stage: Stage) -> None:
    entry_id = await quarantined(stage)
    for body in ({}, {"payload": None}, {"payload": "text"}, {"payload": 1}, {"payload": {}, "more": 1}, []):
        problem(await stage.http.post(f"/v1/quarantine/{entry_id}/replay", json=body), 422)
    assert stage.quarantine.entries[entry_id].attempts == 1
    problem(await stage.http.post("/v1/quarantine/nothing/replay"), 404)


async def test_several_orders_at_once_are_not_a_correction(stage: Stage) -> None:
    entry_id = await quarantined(stage)
    payload = [WOOCOMMERCE_ORDER, WOOCOMMERCE_ORDER | {"id": 728}]
    problem(await stage.http.post(f"/v1/quarantine/{entry_id}/replay", json={"payload": payload}), 422)
    assert stage.orders.kept == {}


async def test_what_a_channel_sent_that_is_gone_by_now_cannot_be_replayed(stage: Stage) -> None:
    entry = await stage.quarantine.keep("garden", as_json(WOOCOMMERCE_ORDER), InvalidInput.at("", "total", "is wrong"))
    problem(await stage.http.post(f"/v1/quarantine/{entry.id}/replay"), 409, "channel_gone")


async def test_a_callback_nobody_could_read_is_corrected_and_delivered(stage: Stage) -> None:
    body = as_json(an_event(type="wms.unheard_of"))
    await stage.stranger.post("/v1/callbacks/wms", content=body, headers=sign(body))
    (entry,) = stage.quarantine.entries.values()
    assert entry.channel == "callback_wms"
    answer = await stage.http.post(f"/v1/quarantine/{entry.id}/replay", json={"payload": an_event()})
    assert (answer.status_code, answer.json()) == (202, {"event_id": "evt-1", "status": "received"})
    assert ("wms", "evt-1") in stage.inbox.events
