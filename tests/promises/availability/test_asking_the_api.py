"""Stock over HTTP: explained, listed, told, and read quickly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from models.policy.stock.rules import AvailabilityRules, ChannelRule, StockRules
from tests.promises.api.stage import Stage, as_json, problem, sign
from tests.promises.availability.conftest import NOW, Store

RULES = StockRules(availability=AvailabilityRules(channels={"shopify": ChannelRule(buffer_units=3)}))


def received(sku: str = "MUG", quantity: Any = 5, **changes: Any) -> dict[str, Any]:
    """A goods receipt."""
    return {
        "type": "stock.received",
        "event_id": "GR-1",
        "occurred_at": "2026-11-21T08:00:00Z",
        "node": "north",
        "lines": [{"sku": sku, "quantity": quantity}],
    } | changes


async def test_a_receipt_that_is_told_can_be_promised_and_explained(store: Store) -> None:
    stage = store.stage(RULES)

    told = await stage.http.post("/v1/inventory/events", json=received())
    asked = await stage.http.get("/v1/inventory/MUG", params={"channel": "shopify"})

    assert (told.status_code, told.json()["repeated"]) == (200, False)
    answer = asked.json()
    assert (asked.status_code, answer["atp"], answer["ats"]) == (200, 5, 2)
    assert answer["nodes"][0]["terms"] == [{"name": "on_hand", "quantity": 5, "because": "on the shelves of north"}]
    assert answer["policy_version"]
    (moved,) = (await stage.http.get("/v1/inventory/MUG/movements")).json()["movements"]
    assert (moved["quantity"], moved["actor"], moved["kind"]) == (5, "ada", "receipt")


@pytest.mark.slow
@pytest.mark.parametrize("sku", ["日本の花瓶", "ü", "a b", "A/B", "50%?x#", "🏺", "a>b"])
async def test_the_link_to_the_next_page_leads_there_whatever_the_articles_name(store: Store, sku: str) -> None:
    for number in range(3):
        await store.put(sku, 1, key=f"receipt/{number}")
    http = store.stage().http

    first = await http.get(f"/v1/inventory/{quote(sku, safe='')}/movements", params={"limit": 2})
    link = first.headers["link"]
    second = await http.get(link.partition(">")[0].removeprefix("<"))

    assert link.isascii()
    assert (len(first.json()["movements"]), len(second.json()["movements"])) == (2, 1)


@pytest.mark.parametrize("sku", ["A/B", "a b", "MUG/movements/x", "50%", "ü+?#&", "/lead", "x" * 100])
async def test_an_article_may_have_any_name(store: Store, sku: str) -> None:
    await store.put(sku, 4)
    stage = store.stage()

    answer = await stage.http.get(f"/v1/inventory/{quote(sku, safe='')}")
    moved = await stage.http.get(f"/v1/inventory/{quote(sku, safe='')}/movements")
    short = await stage.http.get("/v1/inventory", params={"sku": [sku, "NOBODY"]})

    assert (answer.status_code, answer.json()["sku"], answer.json()["atp"]) == (200, sku, 4)
    assert [one["sku"] for one in moved.json()["movements"]] == [sku]
    first, second = short.json()["articles"]
    assert (first["sku"], first["known"], first["atp"], second["known"]) == (sku, True, 4, False)
    assert (await stage.http.get(first["location"])).json()["atp"] == 4


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"channel": "Shop!"}, "channel"),
        ({"at": "tomorrow"}, "at"),
        ({"at": "1700000000"}, "at"),
        ({"at": "2026-11-30T12:00:00 01:00"}, "at"),
        ({"at": "2026-11-30T12:00:00"}, "at"),
        ({"customer_class": "a b"}, "customer_class"),
        ({"node": "atlantis"}, "node"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_bad_question_names_the_parameter(store: Store, asked: dict[str, str], parameter: str) -> None:
    await store.put("MUG", 4)

    document = problem(await store.stage().http.get("/v1/inventory/MUG", params=asked), 422, "invalid")

    assert [error["parameter"] for error in document["errors"]] == [parameter]
    assert parameter in document["detail"]


async def test_several_are_asked_about_in_short(store: Store) -> None:
    await store.put("MUG", 4)
    await store.put("CUP", 2)
    http = store.stage(RULES).http

    answer = await http.get("/v1/inventory", params={"skus": "CUP,MUG", "channel": "shopify"})
    assert [(one["sku"], one["atp"], one["ats"]) for one in answer.json()["articles"]] == [("CUP", 2, 0), ("MUG", 4, 1)]
    for asked in ({}, {"skus": ""}, {"skus": "MUG,"}):
        parameter = problem(await http.get("/v1/inventory", params=asked), 422)["errors"][0]["parameter"]
        assert parameter.startswith("sku")


async def test_an_unknown_article_is_a_404_and_a_stranger_a_401(store: Store) -> None:
    stage = store.stage()
    problem(await stage.http.get("/v1/inventory/NOBODY"), 404)
    for path in ("/v1/inventory/MUG", "/v1/inventory/nodes", "/v1/availability?channel=shopify&sku=MUG"):
        problem(await stage.stranger.get(path), 401)


async def test_an_event_told_again_counts_once(store: Store) -> None:
    stage = store.stage()

    first = await stage.http.post("/v1/inventory/events", json=received())
    again = await stage.http.post("/v1/inventory/events", json=received())

    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert (await stage.http.get("/v1/inventory/MUG")).json()["atp"] == 5


async def test_a_keyed_request_gets_its_first_answer(stage_of_fakes: Stage) -> None:
    key = {"Idempotency-Key": "k-1"}

    first = await stage_of_fakes.http.post("/v1/inventory/events", json=received(), headers=key)
    again = await stage_of_fakes.http.post("/v1/inventory/events", json=received(), headers=key)
    other = await stage_of_fakes.http.post("/v1/inventory/events", json=received(quantity=6), headers=key)

    assert (first.content, first.json()["repeated"]) == (again.content, False)
    assert again.headers["Idempotency-Replayed"] == "true"
    problem(other, 422, "key_reused")


async def test_one_event_that_cannot_be_is_refused_with_pointers(stage_of_fakes: Stage) -> None:
    answer = await stage_of_fakes.http.post("/v1/inventory/events", json=received(quantity=0, colour="red"))

    document = problem(answer, 422, "invalid")
    assert {error["pointer"] for error in document["errors"]} == {"/lines/0/quantity", "/colour"}
    assert stage_of_fakes.stock.told == {}


async def test_of_a_list_each_event_has_its_own_answer_and_nothing_is_lost(store: Store) -> None:
    stage = store.stage()
    told = [received(), received(quantity=-1, event_id="GR-2"), received(event_id="GR-3"), received(), 7]

    answer = await stage.http.post("/v1/inventory/events", json=told)

    outcomes = answer.json()["answers"]
    assert answer.status_code == 200
    assert [one["outcome"] for one in outcomes] == ["written", "refused", "written", "repeated", "refused"]
    assert [error["pointer"] for error in outcomes[1]["errors"]] == ["/1/lines/0/quantity"]
    assert [error["pointer"] for error in outcomes[4]["errors"]] == ["/4"]
    assert (await stage.http.get("/v1/inventory/MUG")).json()["atp"] == 10


async def test_an_id_used_for_something_else_is_a_conflict(store: Store) -> None:
    stage = store.stage()
    await stage.http.post("/v1/inventory/events", json=received())

    problem(await stage.http.post("/v1/inventory/events", json=received(quantity=6)), 409)
    several = await stage.http.post("/v1/inventory/events", json=[received(quantity=6)])
    assert several.json()["answers"][0]["errors"][0]["pointer"] == "/0"


@pytest.mark.parametrize("told", [[], [received()] * 501])
async def test_a_list_of_none_or_too_many_is_refused_whole(stage_of_fakes: Stage, told: list[Any]) -> None:
    problem(await stage_of_fakes.http.post("/v1/inventory/events", json=told), 422)
    assert stage_of_fakes.stock.told == {}


async def test_what_is_no_json_is_a_400(stage_of_fakes: Stage) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (b"{", b'{"type": "stock.received", "type": "stock.sold"}'):
        problem(await stage_of_fakes.http.post("/v1/inventory/events", content=body, headers=headers), 400)


async def test_the_queue_the_supplies_and_the_differences_are_listed(store: Store) -> None:
    await store.expect("PO/1", "MUG", 10, days=9, first_days=2)
    await store.wait("w1", ("MUG", 4))
    await store.wait("w2", ("MUG", 1), hours=-1)
    await store.differ("d1")
    http = store.stage().http

    page = await http.get("/v1/inventory/backorders", params={"sku": "MUG", "limit": 1})
    assert [one["key"] for one in page.json()["backorders"]] == ["w1"]
    follow = page.headers["Link"].partition(">")[0].removeprefix("<")
    assert [one["key"] for one in (await http.get(follow)).json()["backorders"]] == ["w2"]
    (supply,) = (await http.get("/v1/inventory/supplies", params={"late": True})).json()["supplies"]
    assert (supply["id"], supply["outstanding"]) == ("PO/1", 10)
    detail = (await http.get(supply["location"])).json()
    assert [one["order_id"] for one in detail["touched"]] == ["order:b2b:w1", "order:b2b:w2"]
    assert detail["touched"][0]["expected_now"] == (NOW + timedelta(days=9)).isoformat().replace("+00:00", "Z")
    (difference,) = (await http.get("/v1/inventory/differences", params={"state": "open"})).json()["differences"]
    assert (difference["id"], difference["ours"], difference["theirs"]) == ("d1", 2, 1)
    problem(await http.get("/v1/inventory/supplies/PO-9"), 404)


async def test_a_node_is_put_and_listed(store: Store) -> None:
    http = store.stage().http
    shop = {"name": "shop-1", "kind": "store", "collects": True}

    assert (await http.put("/v1/inventory/nodes/shop-1", json=shop)).status_code == 200
    (kept,) = (await http.get("/v1/inventory/nodes")).json()["nodes"]
    assert (kept["name"], kept["kind"], kept["collects"], kept["active"]) == ("shop-1", "store", True, True)
    other = problem(await http.put("/v1/inventory/nodes/shop-2", json=shop), 422)
    assert other["errors"][0]["pointer"] == "/name"
    wrong = problem(await http.put("/v1/inventory/nodes/shop-1", json=shop | {"priority": -1}), 422)
    for field in ("capacity", "handling_cost"):
        problem(await http.put("/v1/inventory/nodes/shop-1", json=shop | {field: 10**39}), 422)
    assert wrong["errors"][0]["pointer"] == "/priority"
    off = {"calendar": {"closed_on": ["2026-12-25", "2027-02-29"]}}
    never = problem(await http.put("/v1/inventory/nodes/shop-1", json=shop | off), 422)
    assert never["errors"][0]["pointer"] == "/calendar/closed_on/1"


# --- callbacks ---------------------------------------------------------------------------------------------------------


async def call(stage: Stage, event: dict[str, Any], partner: str = "wms") -> Any:
    body = as_json(event)
    return await stage.stranger.post(f"/v1/callbacks/{partner}", content=body, headers=sign(body, event["event_id"]))


async def test_a_warehouse_tells_of_stock_by_callback_and_it_counts_at_once(store: Store) -> None:
    stage = store.stage()

    for _ in range(2):
        answer = await call(stage, received())
        assert (answer.status_code, answer.json()) == (202, {"event_id": "GR-1", "status": "received"})

    assert (await stage.http.get("/v1/inventory/MUG")).json()["atp"] == 5
    assert (await stage.http.get("/v1/inventory/MUG/movements")).json()["movements"][0]["actor"] == "wms"
    assert stage.inbox.events == {}


@pytest.mark.parametrize(
    ("changes", "kept"),
    [({"type": "stock.melted"}, "noted"), ({"lines": []}, "quarantined"), ({"node": None}, "quarantined")],
)
async def test_a_stock_callback_nobody_can_read_is_kept_and_can_be_replayed(
    stage_of_fakes: Stage, changes: dict[str, Any], kept: str
) -> None:
    answer = await call(stage_of_fakes, received(**changes))

    assert (answer.status_code, answer.json()["status"]) == (200, kept)
    (entry_id,) = stage_of_fakes.quarantine.entries
    replay = f"/v1/quarantine/{entry_id}/replay"
    assert (await stage_of_fakes.http.post(replay, json={"payload": received()})).status_code == 202
    assert list(stage_of_fakes.stock.told) == [("wms", "GR-1")]
    problem(await stage_of_fakes.http.post(replay), 409, "replayed_already")
    assert (await stage_of_fakes.http.get(f"/v1/quarantine/{entry_id}")).json()["order_id"] is None


async def test_a_stock_callback_that_cannot_be_so_is_kept(store: Store) -> None:
    stage = store.stage()
    await call(stage, received())

    answer = await call(stage, received(quantity=99))

    assert (answer.status_code, answer.json()["status"]) == (200, "quarantined")
    assert (await stage.http.get("/v1/inventory/MUG")).json()["atp"] == 5


async def test_stock_is_not_for_a_carrier_to_tell(stage_of_fakes: Stage) -> None:
    answer = await call(stage_of_fakes, received(), "carrier")

    assert answer.json()["status"] == "quarantined"
    assert stage_of_fakes.stock.told == {}


async def test_with_the_database_away_a_stock_callback_is_sent_again(stage_of_fakes: Stage) -> None:
    stage_of_fakes.stock.refuses = ConnectionError("away")

    answer = await call(stage_of_fakes, received())

    problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"]
    assert stage_of_fakes.quarantine.entries == {}
