"""An Amazon account keeps the contract of channels; every request of ours is as the published models have it."""

from __future__ import annotations

from typing import ClassVar

import pytest

from activities.adapters.amazon.selling.channel import AmazonChannel
from models.settings import PartnerSettings
from tests.contracts.channel import ChannelContract
from tests.contracts.channels.asks import refund
from tests.contracts.channels.books import Wanted
from tests.contracts.fake_amazon import CLIENT, REFRESH, SECRET, SELLER, FakeAmazon
from tests.contracts.fake_amazon_books import MARKETPLACES, AmazonBooks
from tests.contracts.serving import serving

_WHOLE = "Amazon cancels an item whole or not at all: a part of one is refused, which is tested in its own file"


def settings(url, journal, timeout_s=5.0, **options):
    return PartnerSettings(
        kind="amazon",
        url=url,
        timeout_s=timeout_s,
        key=REFRESH,
        options={
            "client_id": CLIENT,
            "client_secret": SECRET,
            "seller_id": SELLER,
            "marketplaces": list(MARKETPLACES.values()),
            "journal": str(journal),
            "sole_feeder": True,
            "login_url": f"{url}/auth/o2/token",
            "page_size": 10,
            "feed_poll_s": 0.01,
            "doubt_s": 0,
            **options,
        },
    )


@pytest.fixture
async def books():
    account = FakeAmazon()
    async with serving(account.answer) as origin:
        account.origin = origin
        yield AmazonBooks(account)
    assert account.faults == []


class TestAmazonChannel(ChannelContract):
    exceptions: ClassVar = {
        "test_an_older_offer_of_another_worker_changes_nothing": (
            "a listing's quantity is a number without a version: only a process remembers what it has told"
        ),
        "test_an_article_the_channel_does_not_list_is_refused_by_name": (
            "each listing is told by itself: the unknown one is refused by name, and the others are told all the same"
        ),
        "test_a_part_is_cancelled_by_line_and_quantity": _WHOLE,
        "test_equal_parts_cancelled_one_after_the_other_are_two": _WHOLE,
        "test_after_a_doubtful_answer_a_part_is_cancelled_once": _WHOLE,
        "test_what_the_channel_cancelled_itself_is_read": _WHOLE,
        "test_what_we_gave_back_is_noted_and_not_moved": "Amazon holds the money always, and keeps no notes of ours",
        "test_what_the_channel_gave_back_itself_is_read": "Amazon's orders do not tell what was given back",
    }
    strikes: ClassVar = {
        "orders": ("GET", "/orders/2026-01-01/orders?", ""),
        "fulfilment": ("POST", "/shipmentConfirmation", ""),
        "cancellation": ("POST", "/feeds/2021-06-30/feeds", ""),
        "part": ("POST", "/feeds/2021-06-30/feeds", ""),
        "refund": ("POST", "/feeds/2021-06-30/feeds", ""),
        "offers": ("PATCH", "/listings/", ""),
    }

    @pytest.fixture(autouse=True)
    def _journal(self, tmp_path):
        self.journal = tmp_path / "feeds.sqlite"

    def make(self, url, timeout_s):
        return AmazonChannel("amazon", settings(url, self.journal, timeout_s))

    async def test_a_refund_told_twice_is_one(self, books, shop, afterwards):
        placed = await books.place(Wanted(books.articles[0], 2))
        told = refund(books.channel, placed, 500)

        assert await shop.tell(told) == await afterwards.tell(told)

        assert len(await books.refunds(placed)) == 1

    async def test_two_refunds_of_the_same_amount_are_two(self, books, shop):
        placed = await books.place(Wanted(books.articles[0], 2))
        for _ in range(2):
            await shop.tell(refund(books.channel, placed, 500))

        assert [each.amount.amount for each in await books.refunds(placed)] == [500, 500]
