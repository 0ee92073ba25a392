"""A change of stock becomes a number for each channel, once, by the channel's rules, and none is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from activities.adapters.store.stock.offers import offer_rows
from activities.adapters.store.stock.offers import offers as offers_module
from api.stock.publishing import Publications
from models.policy.stock.fencing import opened_by
from models.policy.stock.rules import AvailabilityRules, ChannelRule, PublicationMode, SpikeRule, StoreRiskRule
from models.stock.quantities import MovementKind, StockState
from tests.promises.publication.conftest import book

if TYPE_CHECKING:
    from activities.adapters.store.stock.offers.offers import SqlStockOffers
    from models.policy.stock.publishing import PublicationStart
    from models.stock.publication import OfferBatch
    from tests.promises.publication.conftest import Shelf


async def batch(offers: SqlStockOffers, channel: str) -> OfferBatch:
    found = await offers.next_batch(channel)
    assert found is not None, f"{channel} has nothing to hear"
    return found


async def tell(offers: SqlStockOffers, channel: str) -> dict[str, int]:
    """Tell a channel all it has to hear, and answer the numbers."""
    numbers = {}
    while (found := await offers.next_batch(channel)) is not None:
        numbers |= {offer.sku: offer.quantity for offer in found.offers}
        await offers.published(found)
    return numbers


async def test_a_hundred_movements_are_one_offer(shelf: Shelf) -> None:
    offers = shelf.offers(shop=ChannelRule())
    await shelf.move("MUG", 200)
    for _ in range(100):
        await shelf.move("MUG", 1, StockState.SOFT_RESERVED, MovementKind.RESERVATION)

    assert await offers.changed() == ("shop",)

    [offer] = (await batch(offers, "shop")).offers
    assert (offer.sku, offer.quantity, offer.version) == ("MUG", 100, 1)


async def test_the_movements_of_one_article_do_not_tell_of_another(shelf: Shelf) -> None:
    offers = shelf.offers(shop=ChannelRule())
    await shelf.move("MUG", 5)
    await shelf.move("LAMP", 7)
    await offers.changed()
    assert await tell(offers, "shop") == {"MUG": 5, "LAMP": 7}

    await shelf.move("LAMP", 1)
    await offers.changed()

    assert await tell(offers, "shop") == {"LAMP": 8}


async def test_a_number_that_comes_out_the_same_is_not_told(shelf: Shelf) -> None:
    offers = shelf.offers(shop=ChannelRule(most=3))
    await shelf.move("MUG", 10)
    await offers.changed()
    await tell(offers, "shop")

    await shelf.move("MUG", 90)

    assert await offers.changed() == ()
    assert (await shelf.told("shop"))["MUG"].version == 1


async def test_what_lies_on_the_shelf_is_never_shown(shelf: Shelf) -> None:
    offers = shelf.offers(
        shop=ChannelRule(buffer_units=4), market=ChannelRule(share_percent=50), club=ChannelRule(most=5)
    )
    await shelf.move("MUG", 100)
    await shelf.move("MUG", 10, StockState.ALLOCATED, MovementKind.ALLOCATION)
    await shelf.move("MUG", 20, StockState.QUARANTINED, MovementKind.ADJUSTMENT)

    await offers.changed()

    found = {channel: await tell(offers, channel) for channel in ("shop", "market", "club")}
    assert found == {"shop": {"MUG": 66}, "market": {"MUG": 35}, "club": {"MUG": 5}}


async def test_a_channel_that_is_never_told_is_not_told(shelf: Shelf) -> None:
    offers = shelf.offers(shop=ChannelRule(), till=ChannelRule(publication=PublicationMode.NEVER))
    await shelf.move("MUG", 5)

    assert await offers.changed() == ("shop",)
    assert await shelf.told("till") == {}


async def test_a_batch_is_as_large_as_the_channel_takes_and_the_oldest_change_comes_first(shelf: Shelf) -> None:
    offers = shelf.offers(shop=ChannelRule(offers_per_call=2))
    for sku in ("THIRD", "SECOND", "FIRST"):
        await shelf.move(sku, 1)
    await offers.changed()

    first = await batch(offers, "shop")
    await offers.published(first)
    second = await batch(offers, "shop")

    assert {offer.sku for offer in first.offers} == {"THIRD", "SECOND"}
    assert {offer.sku for offer in second.offers} == {"FIRST"}


async def test_what_was_told_but_not_noted_is_told_again_as_the_same_batch(shelf: Shelf) -> None:
    offers = shelf.offers(shop=ChannelRule())
    await shelf.move("MUG", 5)
    await offers.changed()

    before = await batch(offers, "shop")
    after = await batch(shelf.offers(shop=ChannelRule()), "shop")

    assert after == before
    assert await offers.changed() == ("shop",), "whoever looks after it hears of it again"


async def test_noting_a_batch_leaves_a_later_number_waiting(shelf: Shelf) -> None:
    offers = shelf.offers(shop=ChannelRule())
    await shelf.move("MUG", 5)
    await offers.changed()
    told = await batch(offers, "shop")
    await shelf.move("MUG", -2)
    await offers.changed()

    await offers.published(told)

    [offer] = (await batch(offers, "shop")).offers
    assert (offer.quantity, offer.version) == (3, 2)


async def test_a_batch_noted_twice_is_told_once(shelf: Shelf) -> None:
    offers = shelf.offers(shop=ChannelRule())
    await shelf.move("MUG", 5)
    await offers.changed()
    told = await batch(offers, "shop")
    await offers.published(told)
    noted = (await shelf.told("shop"))["MUG"].published_at

    shelf.clock.forward(60)
    await offers.published(told)

    assert (await shelf.told("shop"))["MUG"].published_at == noted


async def test_a_failure_while_working_out_loses_no_change(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    offers = shelf.offers(shop=ChannelRule())
    await shelf.move("MUG", 5)

    async def fails(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(offer_rows, "offer", fails)
        with pytest.raises(ConnectionError):
            await offers.changed()

    assert await offers.changed() == ("shop",)
    assert await tell(offers, "shop") == {"MUG": 5}


async def test_other_rules_are_told_without_a_movement(shelf: Shelf) -> None:
    before = shelf.offers(shop=ChannelRule())
    await shelf.move("MUG", 5)
    await before.changed()
    await tell(before, "shop")

    after = shelf.offers(book(shop=ChannelRule(buffer_units=2), market=ChannelRule()))
    await after.reconsider()

    assert await after.changed() == ("market", "shop")
    assert await tell(after, "shop") == {"MUG": 3}
    assert await tell(after, "market") == {"MUG": 5}


async def test_all_articles_are_worked_out_again_a_few_at_a_time_so_that_what_happens_need_not_wait(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers_module, "_RECONSIDERED", 2)
    before, after = shelf.offers(shop=ChannelRule()), shelf.offers(shop=ChannelRule(buffer_units=1))
    for sku in ("A", "B", "C", "D", "E"):
        await shelf.move(sku, 9)
    await before.changed()
    await tell(before, "shop")
    told = []
    rounds = Publications(after, {"shop": ChannelRule()}, nobody)

    for _ in range(4):
        await shelf.move("E", -1)
        await rounds.round()
        told.append(await tell(after, "shop"))

    assert told == [{"A": 8, "B": 8, "E": 7}, {"C": 8, "D": 8, "E": 6}, {"E": 5}, {"E": 4}]


async def nobody(_start: PublicationStart) -> None:
    """Start nothing."""


async def test_the_lag_is_counted_from_the_first_change_that_was_not_told(shelf: Shelf) -> None:
    offers = shelf.offers(shop=ChannelRule())
    await shelf.move("MUG", 5)
    await offers.changed()
    first = (await batch(offers, "shop")).offers[0].changed_at
    await shelf.move("MUG", 5)
    await offers.changed()
    later = await batch(offers, "shop")
    assert later.offers[0].changed_at == first

    shelf.clock.now = first
    shelf.clock.forward(4)
    await offers.published(later)
    await shelf.move("LAMP", 5)
    await offers.changed()

    async with shelf.database.reading() as connection:
        [lag] = await offer_rows.lags(connection)
    assert (lag.channel, lag.offers, lag.waiting) == ("shop", 1, 1)
    assert (lag.median_s, lag.p95_s, lag.worst_s) == (4.0, 4.0, 4.0)


async def test_while_a_channel_buys_as_never_before_it_is_shown_less_and_afterwards_all_again(shelf: Shelf) -> None:
    spikes = AvailabilityRules(spikes=(SpikeRule(units=10, window_minutes=15, share_percent=50),))
    shelf.clock.now = datetime.now(UTC)
    offers = shelf.offers(book(availability=spikes, shop=ChannelRule(), market=ChannelRule()))
    await shelf.move("MUG", 100)
    await shelf.reserve("MUG", 20, channel="shop")
    await offers.changed()
    during = {channel: await tell(offers, channel) for channel in ("shop", "market")}

    shelf.clock.forward(16 * 60)
    await offers.changed()

    assert during == {"shop": {"MUG": 40}, "market": {"MUG": 80}}
    assert await tell(offers, "shop") == {"MUG": 80}
    assert await tell(offers, "market") == {}


async def test_each_channel_may_have_a_rule_of_spikes_of_its_own(shelf: Shelf) -> None:
    market, shop = SpikeRule(channels=("market",), units=50), SpikeRule(channels=("shop",), units=10, share_percent=25)
    rules = AvailabilityRules(spikes=(market, shop.model_copy(update={"frees_fences_of": ("class:dealer",)})))
    shelf.clock.now = datetime.now(UTC)
    offers = shelf.offers(book(availability=rules, shop=ChannelRule(), market=ChannelRule()))
    await shelf.move("MUG", 100)
    for channel in ("shop", "market"):
        await shelf.reserve("MUG", 20, channel=channel)

    await offers.changed()

    assert {channel: await tell(offers, channel) for channel in ("shop", "market")} == {
        "shop": {"MUG": 15},
        "market": {"MUG": 60},
    }
    assert (opened_by(rules, "MUG", ["shop"]), opened_by(rules, "MUG", ["market"])) == ({"class:dealer"}, set())


async def test_a_store_that_may_run_out_is_not_shown(shelf: Shelf) -> None:
    risk = AvailabilityRules(store_risk=(StoreRiskRule(cover_days=14),))
    shelf.clock.now = datetime.now(UTC)
    offers = shelf.offers(book(availability=risk, shop=ChannelRule()))
    await shelf.move("MUG", 100, node="corner")
    await shelf.move("MUG", -56, kind=MovementKind.SALE, node="corner")
    await shelf.move("LAMP", 44, node="corner")
    await offers.changed()

    found = await tell(offers, "shop")

    assert found["LAMP"] == 44
    assert found["MUG"] < 44
