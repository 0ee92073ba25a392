"""Stock is set aside for a holder as the rules ask for and as can be, and opened while a channel's demand spikes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from activities.adapters.store.stock.keeping.spiking import spiking
from models.policy.stock.rules import AvailabilityRules, FenceRule, SpikeRule, StockRules
from models.stock.events import GoodsReceived, StockLine
from tests.promises.backorders.waiting import MONDAY

if TYPE_CHECKING:
    from tests.promises.backorders.waiting import Waiting

DEALERS = FenceRule(sku="MUG*", node="north", holder="class:dealer", units=4)
SHOP = FenceRule(sku="*", node="north", holder="channel:shopify", units=3)
RUSH = SpikeRule(sku="*", channels=("amazon",), window_minutes=15, units=5, frees_fences_of=("class:dealer",))


def rules(*fences: FenceRule, spikes: tuple[SpikeRule, ...] = ()) -> StockRules:
    return StockRules(availability=AvailabilityRules(fences=fences, spikes=spikes))


async def test_as_much_is_set_aside_as_the_rule_asks_for_and_no_more(shop: Waiting) -> None:
    shop.rule(rules(DEALERS))
    await shop.receive("MUG", 10)
    await shop.receive("LAMP", 10)
    assert await shop.keeping.fence() == 4
    assert await shop.keeping.fence() == 0
    assert (await shop.balance("MUG")).channel_reserved == 4
    assert (await shop.balance("LAMP")).channel_reserved == 0
    assert await shop.fences("MUG") == {("class:dealer", ""): 4}


async def test_only_what_is_there_is_set_aside_and_the_rest_when_it_comes(shop: Waiting) -> None:
    shop.rule(rules(DEALERS))
    await shop.receive("MUG", 3)
    assert await shop.keeping.fence() == 3
    await shop.receive("MUG", 3)
    assert await shop.keeping.fence() == 1
    assert (await shop.balance("MUG")).available == 2


async def test_others_cannot_have_what_is_set_aside(shop: Waiting) -> None:
    shop.rule(rules(DEALERS))
    await shop.receive("MUG", 5)
    await shop.keeping.fence()
    assert not await shop.reserve("anybody", ("MUG", 2), channel="amazon")
    assert await shop.reserve("modest", ("MUG", 1), channel="amazon")


async def test_a_smaller_rule_or_none_gives_back_and_the_queue_gets_it(shop: Waiting) -> None:
    shop.rule(rules(DEALERS))
    await shop.receive("MUG", 4)
    await shop.keeping.fence()
    await shop.wait_for("patient", ("MUG", 2))
    shop.rule(rules(DEALERS.model_copy(update={"units": 3})))
    assert await shop.keeping.fence() == 1
    assert await shop.filled() == []
    shop.rule(rules())
    assert await shop.keeping.fence() == 3
    assert await shop.filled() == ["patient"]
    assert (await shop.balance("MUG")).channel_reserved == 0


async def test_what_one_holder_gives_back_the_other_gets(shop: Waiting) -> None:
    shop.rule(rules(DEALERS))
    await shop.receive("MUG", 4)
    await shop.keeping.fence()
    shop.rule(rules(SHOP, DEALERS.model_copy(update={"units": 1})))
    await shop.keeping.fence()
    assert await shop.fences("MUG") == {("class:dealer", ""): 1, ("channel:shopify", ""): 3}


async def test_the_lots_that_last_are_set_aside_and_none_that_has_expired(shop: Waiting) -> None:
    shop.rule(rules(DEALERS))
    days = {"OLD": -1, "SOON": 10, "LATE": 90}
    lines = tuple(
        StockLine(sku="MUG", quantity=3, lot=lot, expires_on=MONDAY.date() + timedelta(days=left))
        for lot, left in days.items()
    )
    await shop.tell(GoodsReceived(event_id="r/1", occurred_at=MONDAY, node="north", lines=lines))
    await shop.keeping.fence()
    assert await shop.fences("MUG") == {("class:dealer", "LATE"): 3, ("class:dealer", "SOON"): 1}


async def test_a_lot_that_expires_in_a_ring_fence_is_quarantined_too(shop: Waiting) -> None:
    shop.rule(rules(DEALERS))
    line = StockLine(sku="MUG", quantity=6, lot="L1", expires_on=MONDAY.date())
    await shop.tell(GoodsReceived(event_id="r/1", occurred_at=MONDAY, node="north", lines=(line,)))
    await shop.keeping.fence()
    shop.clock.pass_by(days=1)
    await shop.keeping.expire(limit=10)
    balance = await shop.balance("MUG")
    assert (balance.quarantined, balance.channel_reserved, balance.available) == (6, 0, 0)
    assert await shop.fences("MUG") == {}
    assert await shop.keeping.fence() == 0


async def test_two_keepers_at_once_set_aside_once(shop: Waiting) -> None:
    shop.rule(rules(DEALERS))
    await shop.receive("MUG", 10)
    moved = await asyncio.gather(*(shop.keeping.fence() for _ in range(3)))
    assert sum(moved) == 4
    assert (await shop.balance("MUG")).channel_reserved == 4


async def test_a_spike_opens_the_ring_fence_and_closes_it_when_it_is_over(shop: Waiting) -> None:
    shop.rule(rules(DEALERS, spikes=(RUSH,)))
    await shop.receive("MUG", 20)
    await shop.keeping.fence()
    assert await shop.reserve("rush", ("MUG", 5), channel="amazon")
    assert await shop.keeping.fence() == 4
    assert (await shop.balance("MUG")).channel_reserved == 0
    shop.clock.pass_by(minutes=15)
    assert await shop.keeping.fence() == 4
    assert (await shop.balance("MUG")).channel_reserved == 4


async def test_a_spike_is_one_channels_and_one_articles(shop: Waiting) -> None:
    await shop.receive("MUG", 20)
    await shop.receive("LAMP", 20)
    await shop.reserve("a1", ("MUG", 3), channel="amazon")
    await shop.reserve("a2", ("LAMP", 4), channel="amazon")
    await shop.reserve("s1", ("MUG", 9), channel="shopify")
    assert await spikes(shop) == set()
    shop.clock.pass_by(minutes=10)
    await shop.reserve("a3", ("MUG", 2), channel="amazon")
    assert await spikes(shop) == {("MUG", "amazon")}
    assert await spikes(shop, "LAMP") == set()
    shop.clock.pass_by(minutes=10)
    assert await spikes(shop) == set()


async def spikes(shop: Waiting, *skus: str) -> set[tuple[str, str]]:
    async with shop.database.reading() as connection:
        return await spiking(connection, AvailabilityRules(spikes=(RUSH,)), skus or None, shop.clock())
