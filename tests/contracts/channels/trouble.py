"""What goes wrong with a channel, in our four words: try again, wait, refused, ask a person."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from activities.adapters.partners import Closing
from models.errors import Transient, Unavailable
from models.partners.feeds import FeedQuery
from tests.contracts.between import answering, slow
from tests.contracts.channels.asks import offers, parcel
from tests.contracts.channels.books import Wanted
from tests.contracts.channels.telling import until_done

_HTML = b"<!doctype html><title>Oops</title>"


class TroubleContract:
    """Error classification."""

    @pytest.fixture(params=["orders", "tell", "publish"])
    async def call(self, request, books):
        """Each of the three things that are asked of a channel, to be asked of an adapter."""
        placed = await books.place(Wanted(books.articles[0]))
        asks = {
            "orders": lambda shop: shop.orders(FeedQuery()),
            "tell": lambda shop: shop.tell(parcel(books.channel, placed, 1)),
            "publish": lambda shop: shop.publish(offers(books.channel, (books.articles[0], 1, 1))),
        }
        return asks[request.param]

    async def test_a_channel_that_is_not_there_is_waited_for(self, call):
        shop = self.make("http://127.0.0.1:1", 2.0)

        with pytest.raises(Unavailable):
            await call(shop)

        if isinstance(shop, Closing):
            await shop.close()

    @pytest.mark.parametrize("status", [429, 503])
    async def test_a_channel_that_asks_for_a_pause_gets_it(self, call, shop, way, status):
        way.faults.append(answering(status, _HTML, Retry_After="7"))

        with pytest.raises(Unavailable) as caught:
            await call(shop)

        assert caught.value.retry_after_s == 7

    async def test_the_channels_own_quota_says_how_long(self, books, call, shop):
        wait_s = await books.throttle()

        with pytest.raises(Unavailable) as caught:
            await call(shop)

        assert caught.value.retry_after_s == pytest.approx(wait_s, abs=1.5)

    @pytest.mark.parametrize("status", [401, 403])
    async def test_where_we_are_not_let_in_orders_wait(self, call, shop, way, status):
        way.faults.append(answering(status, _HTML))

        with pytest.raises(Unavailable):
            await call(shop)

    @pytest.mark.parametrize(
        ("status", "body"), [(500, _HTML), (502, b""), (200, _HTML), (200, b'{"orders'), (302, b"")]
    )
    async def test_what_makes_no_sense_is_tried_again(self, call, shop, way, status, body):
        way.faults.append(answering(status, body))

        with pytest.raises(Transient):
            await call(shop)

    async def test_an_answer_that_comes_too_late_was_an_answer(self, books, way, afterwards):
        hasty = self.make(way.url, 0.4)
        placed = await books.place(Wanted(books.articles[0], 2))
        told = parcel(books.channel, placed, 1)
        way.faults.append(self.striking(slow(1.0), "fulfilment"))

        done = None
        with suppress(Transient):
            done = await until_done(hasty, told)
        # What it had no patience for may be on its way still; if not even begun, the fault strikes who asks next.
        method, part, within = self.strikes["fulfilment"]
        while not (way.faults or any(within.encode() in one.body for one in way.sent(method, part))):
            await asyncio.sleep(0.05)

        assert done in (None, await until_done(afterwards, told))
        assert len(await books.parcels(placed)) == 1
        if isinstance(hasty, Closing):
            await hasty.close()
