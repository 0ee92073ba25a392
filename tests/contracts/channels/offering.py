"""What a channel may sell: the highest version stands, however often and in whatever order it is told."""

from __future__ import annotations

from contextlib import suppress

import pytest

from models.errors import Refused, Transient
from tests.contracts.between import LOST_REPLY
from tests.contracts.channels.asks import offers


class OfferingContract:
    """Inventory, outwards."""

    @pytest.fixture
    async def stock(self, books):
        """What the channel offers of the first two articles, now."""

        async def look() -> tuple[int, ...]:
            shown = await books.stock()
            return tuple(shown.get(sku, 0) for sku in books.articles[:2])

        return look

    async def test_it_offers_what_it_was_told(self, books, shop, stock):
        one, two = books.articles[:2]

        done = await shop.publish(offers(books.channel, (one, 5, 1), (two, 7, 1)))

        assert done.reference
        assert await stock() == (5, 7)

    async def test_nothing_left_is_a_number_too(self, books, shop, stock):
        one, two = books.articles[:2]
        await shop.publish(offers(books.channel, (one, 5, 1), (two, 7, 1)))
        await shop.publish(offers(books.channel, (one, 0, 2)))

        assert await stock() == (0, 7)

    async def test_an_older_offer_changes_nothing(self, books, shop, stock):
        one, two = books.articles[:2]
        await shop.publish(offers(books.channel, (one, 5, 3), (two, 7, 3)))

        await shop.publish(offers(books.channel, (one, 9, 2), (two, 8, 4)))

        assert await stock() == (5, 8)

    async def test_an_older_offer_of_another_worker_changes_nothing(self, books, shop, afterwards, stock):
        one, two = books.articles[:2]
        await shop.publish(offers(books.channel, (one, 5, 3), (two, 7, 3)))

        await afterwards.publish(offers(books.channel, (one, 9, 2), (two, 8, 4)))

        assert await stock() == (5, 8)

    async def test_offers_that_are_outdated_change_nothing_when_told_again(self, books, shop, stock):
        one, two = books.articles[:2]
        first = offers(books.channel, (one, 5, 1), (two, 7, 1))
        await shop.publish(first)
        await shop.publish(offers(books.channel, (one, 4, 2)))

        await shop.publish(first)

        assert await stock() == (4, 7)

    async def test_after_a_lost_reply_the_offers_are_told_again(self, books, shop, way, stock):
        one, two = books.articles[:2]
        batch = offers(books.channel, (one, 11, 1), (two, 12, 1))
        way.faults.append(self.striking(LOST_REPLY, "offers"))
        with suppress(Transient):
            await shop.publish(batch)
        await shop.publish(batch)

        assert not way.faults
        assert await stock() == (11, 12)

    async def test_more_offers_than_the_channel_takes_at_once_all_arrive(self, books, shop):
        many = [await books.listed(f"MANY-{number:03}") for number in range(130)]

        await shop.publish(offers(books.channel, *((sku, number, 1) for number, sku in enumerate(many))))

        shown = await books.stock()
        assert [shown[sku] for sku in many] == list(range(130))

    @pytest.mark.parametrize("sku", ["カップ-青", "MUG 🫖", 'O"BRIEN', "A OR B", "50% & more", "back\\slash"])
    async def test_an_article_of_any_name_is_offered(self, books, shop, sku):
        await books.listed(sku)

        await shop.publish(offers(books.channel, (sku, 3, 1)))

        assert (await books.stock())[sku] == 3

    async def test_an_article_the_channel_does_not_list_is_refused_by_name(self, books, shop, stock):
        one, two = books.articles[:2]
        await shop.publish(offers(books.channel, (one, 5, 1), (two, 7, 1)))

        with pytest.raises(Refused, match="NOBODY-LISTS-THIS"):
            await shop.publish(offers(books.channel, (one, 6, 2), ("NOBODY-LISTS-THIS", 1, 1)))

        assert await stock() == (5, 7)
