"""An Adobe Commerce shop keeps the contract of channels; every request of ours is as its specification has it."""

from __future__ import annotations

import json
from typing import ClassVar

import pytest

from activities.adapters.channel_formats import channel_formats
from activities.adapters.magento.rest.channel import AdobeChannel
from activities.adapters.shops import open_shops
from models.errors import Refused, Uncertain
from models.partners.feeds import FeedQuery
from models.settings import PartnerSettings, Settings
from tests.contracts.between import answering, between, on
from tests.contracts.channel import ChannelContract
from tests.contracts.channels.asks import cancellation, parcel, refund
from tests.contracts.channels.books import Wanted
from tests.contracts.fake_adobe import SPECIFICATION, TOKEN, FakeAdobe
from tests.contracts.fake_adobe_books import AdobeBooks
from tests.contracts.openapi import SPECIFICATIONS, published
from tests.contracts.serving import serving

_VERSIONS = "a source item is a number without a version: only a process remembers what it has told"


@pytest.fixture
async def books():
    shop = FakeAdobe()
    async with serving(shop.answer) as origin:
        yield AdobeBooks(shop, origin)
    assert shop.faults == []


class TestAdobeChannel(ChannelContract):
    exceptions: ClassVar = {
        "test_an_older_offer_of_another_worker_changes_nothing": _VERSIONS,
    }
    # Adobe rounds every amount to two decimals: three are refused, which is tested below.
    currencies = ("EUR", "JPY")
    strikes: ClassVar = {
        "orders": ("GET", "/V1/orders?", ""),
        "fulfilment": ("POST", "/ship", ""),
        "cancellation": ("POST", "/comments", ""),
        "part": ("POST", "/comments", ""),
        "refund": ("POST", "/refund", ""),
        "offers": ("POST", "/source-items", ""),
    }

    def make(self, url, timeout_s):
        return AdobeChannel("magento", settings(url, timeout_s))


def settings(url, timeout_s=5.0, **options):
    return PartnerSettings(
        kind="adobe_commerce", url=url, timeout_s=timeout_s, key=TOKEN, options={"page_size": 10, **options}
    )


@pytest.fixture
async def shop(books):
    adapter = AdobeChannel("magento", settings(books.url, sources={"berlin": "de_1"}))
    yield adapter
    await adapter.close()


@pytest.mark.skipif(not (SPECIFICATIONS / SPECIFICATION).is_file(), reason="the published specification is not here")
def test_every_request_and_answer_here_is_judged_by_the_published_specification():
    judge = published(SPECIFICATION, "/rest/default")

    assert judge.request("POST", "/rest/default/V1/order/1/ship", b'{"items":[{"order_item_id":1}]}')
    assert judge.request("POST", "/rest/default/V1/order/1/ship", b'{"itmes":[]}')
    assert judge.request("GET", "/rest/default/V1/orders?searchCriteria[pageSize]=many", b"")
    assert judge.request("GET", "/rest/default/V1/orders?pageSize=1", b"")
    assert judge.request("POST", "/rest/default/V1/orders/x/cancel", b"")
    assert judge.request("GET", "/rest/default/V1/ordres", b"")
    assert judge.answer("GET", "/rest/default/V1/orders", 200, b'{"items":[]}')
    assert judge.request("POST", "/rest/default/V1/orders/7/cancel", b"") == []


async def test_what_is_not_invoiced_is_cancelled_by_the_shop_itself(books, shop):
    placed = await books.place(Wanted(books.articles[0], 2), Wanted(books.articles[1], 1), invoiced=False)

    done = await shop.tell(cancellation("magento", placed))

    assert (books.order(placed)["state"], done.reference) == ("canceled", "cancelled")
    assert await books.cancelled(placed) == dict(zip(placed.lines, (2, 1), strict=True))
    assert books.shop.comments == {}


async def test_the_rest_of_an_order_of_which_a_part_was_sent_is_cancelled_by_the_shop(books, shop):
    placed = await books.place(Wanted(books.articles[0], 3), invoiced=False)
    await shop.tell(parcel("magento", placed, 1))

    told = cancellation("magento", placed, 2)
    assert await shop.tell(told) == await shop.tell(told)

    assert await books.cancelled(placed) == {placed.lines[0]: 2}


async def test_pieces_noted_one_by_one_are_cancelled_by_the_shop_once_they_are_all_that_is_left(books, shop):
    placed = await books.place(Wanted(books.articles[0], 3), Wanted(books.articles[1], 1), invoiced=False)
    first = cancellation("magento", placed, 2, 0)
    await shop.tell(first)
    await shop.tell(cancellation("magento", placed, 1, 0))
    assert books.order(placed)["state"] == "processing"

    await shop.tell(cancellation("magento", placed, 0, 1))
    await shop.tell(first)

    assert books.order(placed)["state"] == "canceled"
    assert len(books.shop.comments) == 2


async def test_a_note_leaves_the_orders_status_as_it_was(books, shop):
    placed = await books.place(Wanted(books.articles[0], 2))
    books.order(placed)["status"] = "being_packed"

    await shop.tell(cancellation("magento", placed, 1))

    assert books.order(placed)["status"] == "being_packed"


async def test_an_order_on_hold_in_the_shop_is_not_cancelled(books, shop):
    placed = await books.place(Wanted(books.articles[0]), invoiced=False)
    books.order(placed)["state"] = "holded"

    with pytest.raises(Refused, match="does not cancel") as caught:
        await shop.tell(cancellation("magento", placed))

    assert caught.value.code == "not_cancellable"


async def test_goods_given_back_are_rows_of_the_credit_memo_and_the_difference_an_adjustment(books, shop):
    placed = await books.place(Wanted(books.articles[0], 3, 1000), Wanted(books.articles[1], 1, 500))

    await shop.tell(refund("magento", placed, 2300, 2, 1))

    [memo] = books.shop.memos.values()
    assert [(str(item["order_item_id"]), item["qty"]) for item in memo["items"]] == [
        (placed.lines[0], 2),
        (placed.lines[1], 1),
    ]
    asked = json.loads(next(one.body for one in books.shop.asked if one.target.endswith("/refund")))
    assert asked["arguments"] == {"shipping_amount": 0, "adjustment_negative": 2.0}
    assert asked["isOnline"] is True


async def test_money_for_no_goods_gives_no_rows_back(books, shop):
    placed = await books.place(Wanted(books.articles[0], 3, 1000))

    await shop.tell(refund("magento", placed, 150))

    assert [row["qty_refunded"] for row in books.order(placed)["items"]] == [0]


async def test_three_decimals_are_refused_before_anything_is_given_back(books, shop):
    placed = await books.place(Wanted(books.articles[0], 1, 12_345), currency="KWD")

    with pytest.raises(Refused, match="two decimals"):
        await shop.tell(refund("magento", placed, 7))

    assert await books.refunds(placed) == []


async def test_an_adjustment_in_another_currency_than_the_shops_own_is_refused(books, shop):
    placed = await books.place(Wanted(books.articles[0], 2, 1000))
    books.order(placed)["base_currency_code"] = "USD"

    with pytest.raises(Refused, match="USD"):
        await shop.tell(refund("magento", placed, 999, 1))
    await shop.tell(refund("magento", placed, 1000, 1))

    assert [each.amount.amount for each in await books.refunds(placed)] == [1000]


async def test_what_was_not_paid_online_is_not_given_back_online(books, shop):
    placed = await books.place(Wanted(books.articles[0]))
    for invoice in books.shop.invoices.values():
        del invoice["transaction_id"]

    with pytest.raises(Refused) as caught:
        await shop.tell(refund("magento", placed, 500))

    assert caught.value.code == "no_invoice"


async def test_another_amount_than_was_asked_for_is_a_persons_matter(books, shop):
    placed = await books.place(Wanted(books.articles[0], 2, 1000))
    told = refund("magento", placed, 500)
    await shop.tell(told)
    next(iter(books.shop.memos.values()))["grand_total"] = 4.99

    with pytest.raises(Uncertain, match=r"4\.99"):
        await shop.tell(told)


async def test_a_parcel_a_clerk_has_entered_is_not_entered_again(books, shop):
    placed = await books.place(Wanted(books.articles[0], 2))
    told = parcel("magento", placed, 1)
    await shop.tell(told)
    next(iter(books.shop.shipments.values()))["comments"] = []

    await shop.tell(told)

    assert len(await books.parcels(placed)) == 1


async def test_what_was_sent_is_read_as_sent_and_what_was_taken_away_as_not(books, shop):
    placed = await books.place(Wanted(books.articles[0], 3), Wanted(books.articles[1], 2))
    await shop.tell(parcel("magento", placed, 2))
    await books.cancel(placed, 0, 1)

    [payload] = (await shop.orders(FeedQuery())).payloads

    assert [(line.cancelled, line.shipped) for line in books.read(payload).lines] == [(2, 2), (1, 0)]


async def test_a_parcel_leaves_from_the_shops_source_of_its_node(books, shop):
    placed = await books.place(Wanted(books.articles[0]))

    await shop.tell(parcel("magento", placed, 1, carrier="UPS"))

    asked = json.loads(next(one.body for one in books.shop.asked if one.target.endswith("/ship")))
    assert asked["arguments"] == {"extension_attributes": {"source_code": "de_1"}}
    assert (asked["tracks"][0]["carrier_code"], asked["notify"]) == ("ups", False)


async def test_a_refusal_is_told_in_the_shops_words_with_what_it_put_into_them(books):
    placed = await books.place(Wanted(books.articles[0]))
    said = b'{"message": "The %1 status has %field.", "parameters": ["7"]}'
    async with between(books.url) as way:
        shop = AdobeChannel("magento", settings(way.url))
        way.faults.append(on(answering(400, said), "POST"))
        with pytest.raises(Refused, match=r"The 7 status has %field\.") as caught:
            await shop.tell(parcel("magento", placed, 1))
        await shop.close()

    assert caught.value.code == "the_status_has"


async def test_a_shop_may_be_connected_by_any_name(books):
    placed = await books.place(Wanted(books.articles[0]))
    connected = Settings(shops={"outlet": settings(books.url)})
    [shop] = open_shops(connected).values()

    [payload] = (await shop.orders(FeedQuery())).payloads
    [reading] = channel_formats(connected)["outlet"].read(payload)

    assert (reading.document.channel, reading.document.external_id) == ("outlet", placed.external_id)
    await shop.close()


def test_options_that_are_wrong_are_named():
    with pytest.raises(ValueError, match=r"ORDERLOOM_SHOPS: magento: options: page_size"):
        AdobeChannel("magento", settings("http://127.0.0.1:1", page_size=0))
    with pytest.raises(ValueError, match="key is missing"):
        AdobeChannel("magento", PartnerSettings(url="http://127.0.0.1:1"))
