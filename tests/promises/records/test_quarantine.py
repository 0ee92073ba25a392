"""A payload that could not be mapped is kept until it is an order; none is lost."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from activities.records.orders import QuarantineState
from models.errors import Conflict, FieldError, InvalidInput, Noted, NotFound

NO_TOTAL = InvalidInput.at("/total_price", "missing", "is missing")
NO_SKU = InvalidInput(
    [FieldError(pointer=f"/line_items/{line}/sku", code="missing", message="is missing") for line in range(2)]
)


async def test_a_payload_is_kept_with_its_bytes_and_every_reason(quarantine, clock):
    kept = await quarantine.keep("shopify", b"\x00not json\xff", NO_SKU)
    assert kept == await quarantine.find(kept.id)
    assert (kept.channel, kept.payload, kept.state) == ("shopify", b"\x00not json\xff", QuarantineState.OPEN)
    assert [error["pointer"] for error in kept.errors] == ["/line_items/0/sku", "/line_items/1/sku"]
    assert (kept.attempts, kept.received_at, kept.order_id) == (1, clock(), None)


async def test_an_error_that_quotes_unreadable_text_loses_no_payload(quarantine):
    error = InvalidInput.at("/\ud800", "encoding", "the key '\ud800\0' cannot be read")
    kept = await quarantine.keep("shopify", b"{}", error)
    assert (await quarantine.find(kept.id)).errors[0]["pointer"] == "/\\ud800"


async def test_the_same_payload_again_is_the_same_entry(quarantine, clock):
    first = await quarantine.keep("shopify", b"{}", NO_SKU)
    clock.move(hours=1)
    again = await quarantine.keep("shopify", b"{}", NO_SKU)
    assert (again.id, again.attempts, again.received_at) == (first.id, 2, first.received_at)
    others = [await quarantine.keep("woocommerce", b"{}", NO_SKU), await quarantine.keep("shopify", b"{} ", NO_SKU)]
    assert len({first.id, *(other.id for other in others)}) == 3


async def test_many_who_bring_one_payload_at_once_make_one_entry(quarantine):
    kept = await asyncio.gather(*(quarantine.keep("shopify", b"{}", NO_SKU) for _ in range(20)))
    assert len({entry.id for entry in kept}) == 1
    assert sorted(entry.attempts for entry in kept) == list(range(1, 21))


async def test_a_correction_that_fails_too_is_kept_with_its_own_errors(quarantine, database):
    kept = await quarantine.keep("shopify", b"{}", NO_SKU)
    tried = await quarantine.failed_again(kept.id, b'{"sku": 1}', NO_TOTAL)
    assert (tried.payload, tried.attempts, tried.state) == (b'{"sku": 1}', 2, QuarantineState.OPEN)
    assert [error["pointer"] for error in tried.errors] == ["/total_price"]
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT original FROM quarantine")) == b"{}"


async def test_a_channel_that_sends_it_again_does_not_undo_a_correction(quarantine):
    kept = await quarantine.keep("shopify", b"{}", NO_SKU)
    await quarantine.failed_again(kept.id, b"better", NO_TOTAL)
    again = await quarantine.keep("shopify", b"{}", NO_SKU)
    assert (again.id, again.payload, again.attempts) == (kept.id, b"better", 3)
    assert [error["pointer"] for error in again.errors] == ["/total_price"]


async def test_a_replayed_payload_names_its_order_and_stays_replayed(quarantine):
    kept = await quarantine.keep("shopify", b"{}", NO_SKU)
    done = await quarantine.replayed(kept.id, b"good", "order:shopify:1")
    assert (done.state, done.order_id, done.payload) == (QuarantineState.REPLAYED, "order:shopify:1", b"good")
    assert (done.errors, done.attempts) == ([], 2)
    assert await quarantine.replayed(kept.id, b"good", "order:shopify:1") == done
    with pytest.raises(Conflict):
        await quarantine.replayed(kept.id, b"other", "order:shopify:2")
    with pytest.raises(Conflict):
        await quarantine.failed_again(kept.id, b"worse", NO_TOTAL)
    again = await quarantine.keep("shopify", b"{}", NO_SKU)
    assert (again.state, again.order_id) == (QuarantineState.REPLAYED, "order:shopify:1")


async def test_of_two_replays_at_once_one_wins(quarantine):
    kept = await quarantine.keep("shopify", b"{}", NO_SKU)
    replays = (quarantine.replayed(kept.id, b"good", f"order:shopify:{number}") for number in range(2))
    outcomes = await asyncio.gather(*replays, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Quarantined"]


def unpaid(external_id):
    return Noted.not_placed("/status", "is not paid yet", external_id)


async def test_what_is_only_noted_is_listed_apart_and_counts_for_nobody(quarantine):
    noted = await quarantine.keep("callback_wms", b"{}", Noted(NO_TOTAL.errors))
    wrong = await quarantine.keep("shopify", b"{}", NO_TOTAL)

    assert (noted.state, wrong.state) == (QuarantineState.NOTED, QuarantineState.OPEN)
    for state, entry in ((QuarantineState.NOTED, noted), (QuarantineState.OPEN, wrong)):
        page = await quarantine.page(state=state, channel=None, cursor=None, limit=5)
        assert [each.id for each in page.items] == [entry.id]
    assert await quarantine.open_by_channel() == {"shopify": 1}


async def test_all_that_is_noted_of_an_order_is_one_entry_with_the_newest_of_it(quarantine):
    first = await quarantine.keep("woocommerce", b"one hat", unpaid("7"))
    again = await quarantine.keep("woocommerce", b"two hats", unpaid("7"))

    assert (again.id, again.payload, again.attempts) == (first.id, b"two hats", 2)
    others = [await quarantine.keep("hats", b"one hat", unpaid("7")), await quarantine.keep("hats", b"", unpaid("8"))]
    assert len({first.id, *(each.id for each in others)}) == 3


async def test_a_noted_order_that_came_by_itself_is_noted_no_more(quarantine, orders, an_order):
    order = an_order()
    entry = await quarantine.keep(order.channel, b"{}", unpaid(order.external_id))
    assert (entry.state, entry.order_id) == (QuarantineState.NOTED, None)

    await orders.submit(order, b"{}")

    found = await quarantine.find(entry.id)
    assert (found.state, found.order_id) == (QuarantineState.REPLAYED, order.id)
    for state, there in ((QuarantineState.NOTED, []), (QuarantineState.REPLAYED, [found.id])):
        page = await quarantine.page(state=state, channel=None, cursor=None, limit=5)
        assert [each.id for each in page.items] == there


async def test_what_was_noted_may_be_replayed(quarantine):
    noted = await quarantine.keep("woocommerce", b"{}", unpaid("7"))
    tried = await quarantine.failed_again(noted.id, b"paid", NO_TOTAL)
    assert (tried.state, tried.attempts) == (QuarantineState.NOTED, 2)
    done = await quarantine.replayed(noted.id, b"paid", "order:woocommerce:7")
    assert (done.state, done.order_id) == (QuarantineState.REPLAYED, "order:woocommerce:7")


@pytest.mark.parametrize("entry_id", ["q-nothing", "", "\0", "\ud800"])
async def test_what_is_not_there_is_not_found(quarantine, entry_id):
    with pytest.raises(NotFound):
        await quarantine.find(entry_id)


async def test_an_entry_that_is_not_there_cannot_be_replayed(quarantine):
    with pytest.raises(NotFound):
        await quarantine.replayed("q-nothing", b"", "order:shopify:1")
    with pytest.raises(NotFound):
        await quarantine.failed_again("q-nothing", b"", NO_TOTAL)


async def test_the_list_comes_newest_first_by_state_and_channel(quarantine, clock):
    ids = []
    for channel in ("shopify", "shopify", "magento"):
        clock.move(seconds=1)
        ids.append((await quarantine.keep(channel, f"{len(ids)}".encode(), NO_SKU)).id)
    await quarantine.replayed(ids[0], b"", "order:shopify:1")

    async def listed(state=None, channel=None):
        first = await quarantine.page(state=state, channel=channel, cursor=None, limit=2)
        rest = []
        if first.next_cursor:
            rest = (await quarantine.page(state=state, channel=channel, cursor=first.next_cursor, limit=2)).items
        return [entry.id for entry in [*first.items, *rest]]

    assert await listed() == ids[::-1]
    assert await listed(state=QuarantineState.OPEN) == [ids[2], ids[1]]
    assert await listed(channel="shopify") == [ids[1], ids[0]]
    assert await listed(state=QuarantineState.REPLAYED, channel="shopify") == [ids[0]]
    assert await listed(channel="\0") == []


async def test_a_list_leaves_the_payloads_where_they_are(quarantine):
    kept = await quarantine.keep("shopify", b"x" * 100_000, NO_TOTAL)
    (listed,) = (await quarantine.page(state=None, channel=None, cursor=None, limit=5)).items

    assert (listed.id, listed.payload) == (kept.id, b"")
    assert (await quarantine.find(kept.id)).payload == b"x" * 100_000
