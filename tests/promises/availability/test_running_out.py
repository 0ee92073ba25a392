"""Which articles a channel will soon have none of: by what it may sell now, and by what everybody wanted of it."""

from __future__ import annotations

import pytest

from tests.promises.api.stage import problem
from tests.promises.availability.conftest import Store

HERE = "/v1/inventory/risks"


async def sold(store: Store, sku: str, units: int) -> None:
    """Have so many on the shelves, and so many sold in the days that are looked back at: 28."""
    await store.put(sku, 400)
    await store.put(sku, -units, kind="sale", key=f"{sku}/sold")


async def test_what_lasts_no_longer_than_asked_is_listed_the_soonest_first(store: Store) -> None:
    stage = store.stage()
    await sold(store, "MUG", 56)
    await sold(store, "LAMP", 280)
    await store.put("VASE", 5)
    for channel, sku, quantity in (
        ("shopify", "MUG", 12),
        ("shopify", "LAMP", 30),
        ("b2b", "MUG", 20),
        ("b2b", "VASE", 1),
    ):
        await store.offer(channel, sku, quantity)
    await store.expect("PO-1", "MUG", 40, days=9)

    soon = (await stage.http.get(HERE)).json()
    later = (await stage.http.get(HERE, params={"channel": "b2b", "within_days": 10})).json()
    first = (await stage.http.get(HERE, params={"limit": 1})).json()
    nobodys = (await stage.http.get(HERE, params={"channel": "pos"})).json()

    found = [(one["channel"], one["sku"], one["daily"], one["days_left"]) for one in soon["risks"]]
    assert found == [("shopify", "LAMP", 10.0, 3.0), ("shopify", "MUG", 2.0, 6.0)]
    assert [one["expected_at"] is not None for one in soon["risks"]] == [False, True]
    assert [(one["sku"], one["days_left"]) for one in later["risks"]] == [("MUG", 10.0)]
    assert first["risks"] == soon["risks"][:1]
    assert nobodys["risks"] == []


async def test_what_nothing_is_left_of_comes_first(store: Store) -> None:
    await sold(store, "MUG", 1)
    await store.offer("shopify", "MUG", 0)

    (risk,) = (await store.stage().http.get(HERE)).json()["risks"]

    assert (risk["quantity"], risk["days_left"], risk["location"]) == (0, 0.0, "/v1/inventory/MUG")


@pytest.mark.parametrize("query", ["within_days=0", "within_days=366", "limit=201", "channel=Shopify", "sku=MUG"])
async def test_a_question_that_makes_no_sense_is_refused_by_parameter(store: Store, query: str) -> None:
    document = problem(await store.stage().http.get(f"{HERE}?{query}"), 422, "invalid")

    assert document["errors"][0]["parameter"] == query.partition("=")[0]
