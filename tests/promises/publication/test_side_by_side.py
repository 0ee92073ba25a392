"""Several processes work out numbers at once: none is lost, and none is told twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from activities.adapters.store.stock.offers import offer_rows
from activities.adapters.store.stock.tables import stock_changes
from models.policy.stock.rules import ChannelRule

if TYPE_CHECKING:
    from activities.adapters.store.stock.offers.offers import SqlStockOffers
    from tests.promises.publication.conftest import Shelf


@pytest.mark.slow
async def test_two_processes_at_work_on_the_same_articles_lose_nothing_and_tell_nothing_twice(shelf: Shelf) -> None:
    both = [shelf.offers(shop=ChannelRule(), market=ChannelRule(buffer_units=1)) for _ in range(2)]
    shown: dict[str, tuple[int, int]] = {}
    heard: list[tuple[str, int]] = []
    moving = True

    async def sell() -> None:
        nonlocal moving
        for sku in ("MUG", "LAMP"):
            await shelf.move(sku, 100)
        for _ in range(20):
            await asyncio.gather(*(shelf.move(sku, -1) for sku in ("MUG", "LAMP")))
        moving = False

    async def work(offers: SqlStockOffers) -> None:
        last = False
        while not last:
            last = not moving
            await offers.changed()

    async def publish() -> None:
        last = False
        while not last:
            last = not moving
            while (found := await both[0].next_batch("shop")) is not None:
                for offer in found.offers:
                    heard.append((offer.sku, offer.version))
                    shown[offer.sku] = max(shown.get(offer.sku, (0, 0)), (offer.version, offer.quantity))
                await both[0].published(found)

    await asyncio.gather(sell(), work(both[0]), work(both[1]), publish())
    await both[0].changed()
    await publish()

    assert {sku: quantity for sku, (_, quantity) in shown.items()} == {"MUG": 80, "LAMP": 80}
    assert len(heard) == len(set(heard)), "nothing was told twice"
    assert {sku: one.quantity for sku, one in (await shelf.told("market")).items()} == {"MUG": 79, "LAMP": 79}
    async with shelf.database.reading() as connection:
        assert (await connection.execute(select(func.count()).select_from(stock_changes))).scalar_one() == 0


async def test_an_article_that_is_worked_out_twice_at_once_shows_what_the_later_look_saw(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first to look is slow to write; meanwhile stock moves and the second looks."""
    slow, quick = shelf.offers(shop=ChannelRule()), shelf.offers(shop=ChannelRule())
    await shelf.move("MUG", 5)
    looked, go_on = asyncio.Event(), asyncio.Event()
    offer = offer_rows.offer
    first = True

    async def hesitant(connection: Any, numbers: Any) -> None:
        nonlocal first
        if first:
            first = False
            looked.set()
            await go_on.wait()
        await offer(connection, numbers)

    monkeypatch.setattr(offer_rows, "offer", hesitant)
    one = asyncio.create_task(slow.changed())
    await looked.wait()
    moved = asyncio.create_task(shelf.move("MUG", -2))
    two = asyncio.create_task(quick.changed())
    await asyncio.sleep(0.1)
    go_on.set()
    await asyncio.gather(one, moved, two)
    await quick.changed()

    assert (await shelf.told("shop"))["MUG"].quantity == 3
