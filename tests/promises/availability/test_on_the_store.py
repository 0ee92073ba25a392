"""Stock as it is kept, looked at: by term, by page, and by whom a late supply touches. The same on both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from activities.adapters.store.stock.showing.inventory import SqlInventory
from models.errors import InvalidInput, NotFound
from models.policy.stock.rules import (
    AvailabilityRules,
    ChannelRule,
    DriftRules,
    SafetyRule,
    ShortageRules,
    StockRules,
    StoreRiskRule,
    SubstituteRule,
)
from models.stock.availability import AvailabilityQuestion
from models.stock.differences import DifferenceState
from models.stock.nodes import Node, NodeKind
from tests.promises.availability.conftest import NOW, Store
from tests.promises.availability.pictures import said


async def every_page(ask: Callable[[str | None], Awaitable[Any]]) -> list[Any]:
    """Follow the cursors from the first page to the last."""
    found, cursor = [], None
    while True:
        page = await ask(cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


async def test_a_number_is_explained_from_what_is_kept(store: Store) -> None:
    rules = StockRules(
        availability=AvailabilityRules(safety=(SafetyRule(units=2),), channels={"shopify": ChannelRule(buffer_units=1)})
    )
    await store.put("MUG", 10)
    await store.put("MUG", 3, state="allocated", kind="allocation")
    await store.put("MUG", 4, node="south")
    await store.expect("PO-1", "MUG", 20, days=3)
    await store.wait("w1", ("MUG", 2))

    asked = AvailabilityQuestion(sku="MUG", channel="shopify", at=NOW + timedelta(days=4))
    answer = await store.inventory(rules).availability(asked)

    assert {node.node: said(node.terms) for node in answer.nodes} == {
        "north": {"on_hand": 10, "allocated": -3, "safety": -2, "inbound": 20},
        "south": {"on_hand": 4, "safety": -2},
    }
    assert (answer.atp, said(answer.terms), answer.ats) == (27, {"waiting": -2, "buffer": -1}, 24)


async def test_what_a_store_sells_in_a_day_follows_from_its_till(store: Store) -> None:
    rules = StockRules(availability=AvailabilityRules(store_risk=(StoreRiskRule(cover_days=4),)))
    inventory = store.inventory(rules)
    await inventory.put_node(Node(name="shop", kind=NodeKind.STORE))
    await store.put("MUG", 100, node="shop")
    # Two a day over the 28 days that policy looks back.
    await store.put("MUG", -56, node="shop", kind="sale")

    answer = await inventory.availability(AvailabilityQuestion(sku="MUG"))

    assert said(answer.nodes[0].terms) == {"on_hand": 44, "store_risk": -8}


async def test_an_article_nobody_knows_is_not_found_and_one_that_is_sold_out_is(store: Store) -> None:
    await store.put("MUG", 1)
    await store.put("MUG", -1)

    assert (await store.inventory().availability(AvailabilityQuestion(sku="MUG"))).atp == 0
    with pytest.raises(NotFound):
        await store.inventory().availability(AvailabilityQuestion(sku="CUP"))


async def test_a_node_nobody_knows_is_a_wrong_question(store: Store) -> None:
    await store.put("MUG", 1)

    with pytest.raises(InvalidInput, match="/node"):
        await store.inventory().availability(AvailabilityQuestion(sku="MUG", node="atlantis"))


async def test_movements_are_listed_newest_first_page_by_page(store: Store) -> None:
    for number in range(5):
        await store.put("MUG", number + 1, key=f"r{number}", node="north" if number % 2 else "south")
    await store.put("CUP", 1)
    inventory = store.inventory()

    found = await every_page(lambda cursor: inventory.movements("MUG", node=None, cursor=cursor, limit=2))
    assert [one.document for one in found] == ["r4", "r3", "r2", "r1", "r0"]
    assert {one.actor for one in found} == {"wms"}
    south = (await inventory.movements("MUG", node="south", cursor=None, limit=9)).items
    assert [one.document for one in south] == ["r4", "r2", "r0"]


async def test_the_queue_is_listed_in_the_order_of_service(store: Store) -> None:
    await store.wait("young", ("MUG", 1), hours=1)
    await store.wait("old", ("MUG", 1), ("CUP", 2), hours=5)
    await store.wait("placed", ("CUP", 1), hours=0, placed_at=NOW - timedelta(hours=9))
    await store.wait("dealer", ("MUG", 1), hours=0, priority=50)
    await store.wait("gone", ("MUG", 1), hours=20)
    await store.give_up("gone", NOW)
    inventory = store.inventory()

    found = await every_page(lambda cursor: inventory.backorders(sku=None, cursor=cursor, limit=1))
    assert [one.key for one in found] == ["dealer", "placed", "old", "young"]
    assert [(need.sku, need.quantity) for need in found[2].needs] == [("MUG", 1), ("CUP", 2)]
    of_cup = (await inventory.backorders(sku="CUP", cursor=None, limit=9)).items
    assert [one.key for one in of_cup] == ["placed", "old"]


async def test_what_comes_soonest_is_listed_first_and_what_has_no_date_last(store: Store) -> None:
    await store.expect("PO-3", "MUG", 5, days=None)
    await store.expect("PO-1", "CUP", 5, days=9, first_days=2)
    await store.expect("PO-2", "MUG", 5, days=3)
    await store.expect("PO-4", "MUG", 5, days=-1)
    inventory = store.inventory()

    async def listed(*, late: bool, sku: str | None = None) -> list[str]:
        found = await every_page(lambda cursor: inventory.supplies(sku=sku, late=late, cursor=cursor, limit=1))
        return [one.id for one in found]

    assert await listed(late=False) == ["PO-4", "PO-2", "PO-1", "PO-3"]
    assert await listed(late=True) == ["PO-4", "PO-1"]
    assert await listed(late=False, sku="CUP") == ["PO-1"]


async def test_differences_are_listed_the_latest_first(store: Store) -> None:
    for number in range(3):
        await store.differ(f"d{number}", minutes=number)
    await store.differ("done", state="resolved", minutes=9)
    inventory = store.inventory()

    found = await every_page(lambda cursor: inventory.differences(state=None, cursor=cursor, limit=2))
    assert [one.id for one in found] == ["done", "d2", "d1", "d0"]
    still = (await inventory.differences(state=DifferenceState.OPEN, cursor=None, limit=9)).items
    assert [one.id for one in still] == ["d2", "d1", "d0"]


async def test_what_one_comparison_with_a_partner_found_is_not_listed_until_it_lasts(store: Store) -> None:
    for kind in ("warehouse", "erp", "movements"):
        await store.differ(f"{kind} once", kind=kind, seen_times=1)
        await store.differ(f"{kind} twice", kind=kind)
    rules = StockRules(drift=DriftRules(seen_before_shown=1))

    async def listed(inventory: SqlInventory) -> set[str]:
        return {one.id for one in (await inventory.differences(state=None, cursor=None, limit=9)).items}

    assert await listed(store.inventory()) == {"warehouse twice", "erp twice", "movements once", "movements twice"}
    assert len(await listed(store.inventory(rules))) == 6


@pytest.mark.parametrize("cursor", ["", "x", "W10", "WyJtb3ZlbWVudHMiLCJ4Il0", "e" * 5000, "WyJtb3ZlbWVudHMiLC0xXQ"])
async def test_a_cursor_that_is_not_ours_is_refused(store: Store, cursor: str) -> None:
    inventory = store.inventory()
    for listing in (
        inventory.movements("MUG", node=None, cursor=cursor, limit=1),
        inventory.backorders(sku=None, cursor=cursor, limit=1),
        inventory.supplies(sku=None, late=False, cursor=cursor, limit=1),
        inventory.differences(state=None, cursor=cursor, limit=1),
    ):
        with pytest.raises(InvalidInput, match="/cursor"):
            await listing


async def test_a_late_supply_names_whom_it_touches_and_what_they_could_have_instead(store: Store) -> None:
    rules = StockRules(
        shortage=ShortageRules(substitutes=(SubstituteRule(sku="MUG", instead=("MUG-RED", "MUG-OLD", "MUG-BLUE")),))
    )
    await store.expect("PO-1", "MUG", 10, days=9, first_days=2)
    await store.expect("PO-2", "CUP", 10, days=1)
    await store.put("MUG-RED", 2)
    await store.put("MUG-BLUE", 5)
    await store.wait("first", ("MUG", 4), hours=5)
    await store.wait("second", ("MUG", 2), ("CUP", 1), hours=3)
    await store.wait("other", ("CUP", 1), hours=9)
    await store.wait("much", ("MUG", 90), hours=1)

    touched = await store.inventory(rules).touched_by("PO-1")

    assert [one.backorder_key for one in touched] == ["first", "second"]
    assert {(one.expected_before, one.expected_now) for one in touched} == {
        (NOW + timedelta(days=2), NOW + timedelta(days=9))
    }
    assert [one.substitutes for one in touched] == [("MUG-BLUE",), ("MUG-RED", "MUG-BLUE")]


async def test_a_supply_nobody_knows_is_not_found(store: Store) -> None:
    for asked in (store.inventory().touched_by("PO-9"), store.inventory().supply("PO-\0")):
        with pytest.raises(NotFound):
            await asked


async def test_a_node_is_added_changed_and_listed_the_preferred_first(store: Store) -> None:
    inventory = store.inventory()
    await inventory.put_node(Node(name="south"))
    await inventory.put_node(Node(name="north", title="Old"))
    await inventory.put_node(Node(name="north", priority=500))

    assert [(node.name, node.title) for node in await inventory.nodes()] == [("south", None), ("north", None)]


async def test_what_is_offered_is_what_was_worked_out_for_that_channel(store: Store) -> None:
    await store.put("MUG", 99)
    await store.offer("shopify", "MUG", 7, version=3)
    await store.offer("amazon", "CUP", 1)

    (offered,) = await store.inventory().offered("shopify", ("MUG", "CUP", "\0"))

    assert (offered.sku, offered.quantity, offered.version, offered.published_at) == ("MUG", 7, 3, None)
