"""What is Amazon's own: feeds and what becomes of them, spans of time, tokens, quotas and regions."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from activities.adapters.amazon.feeds.journal import Journal
from activities.adapters.amazon.feeds.reports import read_report
from activities.adapters.amazon.selling.channel import AmazonChannel
from activities.adapters.amazon.selling.quotas import PLANS, Quotas
from activities.adapters.amazon.selling.shipments import package_number
from activities.adapters.amazon.selling.spans import Span, SpanPage, read_span
from activities.adapters.channel_formats import channel_formats
from activities.adapters.http import Nonsense
from activities.adapters.shops import open_shops
from models.errors import PartnerError, Refused, Unavailable, Uncertain
from models.partners.feeds import FeedQuery
from models.settings import Settings
from tests.contracts.between import LOST_REPLY, LOST_REQUEST, between, on
from tests.contracts.channels.asks import cancellation, offers, parcel, refund
from tests.contracts.channels.books import Wanted
from tests.contracts.fake_amazon import SPECIFICATIONS_USED, judges
from tests.contracts.openapi import SPECIFICATIONS
from tests.contracts.test_amazon_channel import books, settings

__all__ = ["books"]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
_HERE = all((SPECIFICATIONS / name).is_file() for name in SPECIFICATIONS_USED.values())


@pytest.fixture
def connected(books, tmp_path):
    """Connects adapters that share a journal."""

    @asynccontextmanager
    async def connect(url=None, **options):
        adapter = AmazonChannel("amazon", settings(url or books.url, tmp_path / "feeds.sqlite", **options))
        yield adapter
        await adapter.close()

    return connect


@pytest.mark.skipif(not _HERE, reason="the published models are not here")
def test_every_request_and_answer_here_is_judged_by_the_published_models():
    judge = judges()
    orders, feeds = judge["amazon-orders_2026-01-01.json"], judge["amazon-feeds_2021-06-30.json"]

    assert orders.request("GET", "/orders/2026-01-01/orders?fulfillmentStatuses=Unshipped", b"")
    assert orders.request("GET", "/orders/2026-01-01/orders?maxResultsPerPage=ten", b"")
    assert orders.answer("GET", "/orders/2026-01-01/orders/1", 200, b'{"order": {"orderId": "1"}}')
    assert feeds.request("POST", "/feeds/2021-06-30/feeds", b'{"feedType": "X", "inputFeedDocumentId": "1"}')
    assert feeds.request("POST", "/feeds/2021-06-30/documents", b"")
    assert judge["amazon-ordersV0.json"].request("GET", "/orders/v0/orders", b"")
    assert judge["amazon-listingsItems_2021-08-01.json"].request("PATCH", "/listings/2021-08-01/items/A/B", b"{}")


@pytest.mark.skipif(not _HERE, reason="the published models are not here")
def test_the_quotas_are_those_the_published_models_name():
    found = set()
    for name in SPECIFICATIONS_USED.values():
        for path in json.loads((SPECIFICATIONS / name).read_text(encoding="utf-8"))["paths"].values():
            for operation in (each for each in path.values() if isinstance(each, dict)):
                # Both versions of the Orders API call one operation getOrder, with one plan.
                if (plan := PLANS.get(operation["operationId"])) is not None:
                    row = operation["description"].split("| ---- | ---- |\n| ")[1].split(" |")
                    assert (float(row[0]), float(row[1].strip("| "))) == plan
                    found.add(operation["operationId"])
    # The tokens' model is not among those we are judged by.
    assert found == PLANS.keys() - {"createRestrictedDataToken"}


async def test_a_feed_that_is_not_through_makes_the_order_wait_and_is_not_sent_again(books, connected):
    books.account.feeds.delay = 3
    placed = await books.place(Wanted(books.articles[0]))
    told = refund("amazon", placed, 300)
    async with connected(feed_wait_s=0) as shop:
        with pytest.raises(Unavailable, match="feed 50000") as caught:
            await shop.tell(told)
    assert caught.value.code == "feed_pending"

    async with connected() as another_worker:
        done = await another_worker.tell(told)

    assert done.reference == "50000"
    assert len(await books.refunds(placed)) == 1


async def test_a_lost_reply_to_a_feed_is_a_persons_matter_where_others_send_feeds_too(books, connected):
    placed = await books.place(Wanted(books.articles[0], 2))
    told = refund("amazon", placed, 300)
    async with between(books.url) as way, connected(way.url, sole_feeder=False) as shop:
        way.faults.append(on(LOST_REPLY, "POST", "/feeds/2021-06-30/feeds"))
        for _ in range(2):
            with pytest.raises(Uncertain, match="feed 50000"):
                await shop.tell(told)

    assert len(await books.refunds(placed)) == 1


async def test_a_feed_that_never_came_is_sent_only_once_amazon_would_list_it(books, connected):
    placed = await books.place(Wanted(books.articles[0], 2))
    told = refund("amazon", placed, 300)
    async with between(books.url) as way, connected(way.url, doubt_s=600) as shop:
        way.faults.append(on(LOST_REQUEST, "POST", "/feeds/2021-06-30/feeds"))
        with pytest.raises(Unavailable, match="does not list the feed yet") as caught:
            await shop.tell(told)
    assert 500 < caught.value.retry_after_s <= 600

    async with connected() as later:
        await later.tell(told)

    assert len(await books.refunds(placed)) == 1


async def test_two_lost_feeds_cannot_be_told_apart(books, connected):
    placed = await books.place(Wanted(books.articles[0], 2))
    async with between(books.url) as way, connected(way.url) as shop:
        lost, search = on(LOST_REPLY, "POST", "/feeds/2021-06-30/feeds"), on(LOST_REQUEST, "GET", "feedTypes")
        for told in (refund("amazon", placed, 100), refund("amazon", placed, 200)):
            way.faults.extend([lost, search])
            with pytest.raises(PartnerError, match=r"could not|broke"):
                await shop.tell(told)

        with pytest.raises(Uncertain, match="50000 or 50001"):
            await shop.tell(told)


@pytest.mark.parametrize(
    ("status", "kind", "code"), [("FATAL", Uncertain, "feed_fatal"), ("CANCELLED", Refused, "feed_cancelled")]
)
async def test_a_feed_amazon_gave_up_says_so(books, connected, status, kind, code):
    books.account.feeds.status = status
    placed = await books.place(Wanted(books.articles[0]))
    async with connected() as shop:
        with pytest.raises(kind) as caught:
            await shop.tell(cancellation("amazon", placed))

    assert caught.value.code == code


async def test_a_part_of_an_item_is_not_cancelled(books, connected):
    placed = await books.place(Wanted(books.articles[0], 3), Wanted(books.articles[1], 1))
    async with connected() as shop:
        with pytest.raises(Refused, match="whole or not at all") as caught:
            await shop.tell(cancellation("amazon", placed, 1))
        assert caught.value.code == "part_of_item"

        await shop.tell(cancellation("amazon", placed, 3, 0))

    assert await books.cancelled(placed) == {placed.lines[0]: 3}


async def test_an_item_amazon_cancelled_itself_is_read_so_and_not_cancelled_again(books, connected):
    placed = await books.place(Wanted(books.articles[0], 3), Wanted(books.articles[1], 2))
    await books.cancel(placed, 3, 0)
    async with connected() as shop:
        [payload] = (await shop.orders(FeedQuery())).payloads
        done = await shop.tell(cancellation("amazon", placed, 3, 0))

    document = books.read(payload)
    assert [(line.quantity, line.cancelled) for line in document.lines] == [(3, 3), (2, 0)]
    assert document.cancelled_at is None
    assert done.reference == placed.external_id
    assert books.account.feeds.feeds == {}


async def test_money_that_was_given_back_elsewhere_cannot_be_noted_at_amazon(books, connected):
    placed = await books.place(Wanted(books.articles[0]))
    async with connected() as shop:
        with pytest.raises(Refused) as caught:
            await shop.tell(refund("amazon", placed, 100, held=False))

    assert caught.value.code == "held_by_amazon"


async def test_a_refund_of_named_goods_falls_on_these(books, connected):
    placed = await books.place(Wanted(books.articles[0], 2, 1000), Wanted(books.articles[1], 1, 500))
    async with connected() as shop:
        await shop.tell(refund("amazon", placed, 450, 0, 1))

    document = books.account.feeds.documents["in-50000"].decode()
    assert document.count("<AdjustedItem>") == 1
    assert f"<AmazonOrderItemCode>{placed.lines[1]}</AmazonOrderItemCode>" in document
    assert '<Type>Principal</Type><Amount currency="EUR">4.50</Amount>' in document
    assert "<Quantity>1</Quantity>" in document


async def test_sales_tax_is_given_back_as_tax(books, connected):
    placed = await books.place(Wanted(books.articles[0], 1, 1000), currency="USD")
    order = books.order(placed)
    [item] = order["orderItems"]
    tax = {"amount": "0.80", "currencyCode": "USD"}
    whole = {"amount": "10.80", "currencyCode": "USD"}
    parts = [{"subtype": "ITEM", "value": tax}]
    item["proceeds"]["breakdowns"].append({"type": "TAX", "subtotal": tax, "detailedBreakdowns": parts})
    item["proceeds"]["proceedsTotal"] = order["proceeds"]["grandTotal"] = whole
    async with connected() as shop:
        await shop.tell(refund("amazon", placed, 540))

    document = books.account.feeds.documents["in-50000"].decode()
    assert '<Type>Principal</Type><Amount currency="USD">5.00</Amount>' in document
    assert '<Type>Tax</Type><Amount currency="USD">0.40</Amount>' in document


async def test_a_listing_that_is_not_there_is_refused_by_name_and_the_others_are_told(books, connected):
    one, two = books.articles[:2]
    for patches_max in (20, 0):
        level = 6 + patches_max
        async with connected(patches_max=patches_max) as shop:
            with pytest.raises(Refused, match="NOBODY-LISTS-THIS") as caught:
                await shop.publish(offers("amazon", (one, level, 2), ("NOBODY-LISTS-THIS", 1, 1), (two, level, 2)))
        assert caught.value.code == "8541"
        assert await books.stock() == {one: level, two: level}


async def test_orders_come_by_version_0_with_all_their_items(books, connected):
    placed = await books.place(Wanted(books.articles[0], 2, 700), Wanted(books.articles[1], 1, 100))
    async with connected(orders_api="v0") as shop:
        page = await shop.orders(FeedQuery())
        assert (await shop.orders(FeedQuery(cursor=page.cursor))).payloads == ()

    [document] = [books.read(payload) for payload in page.payloads]
    assert document.shipping_address.name == "Ada Byron"
    assert len([one for one in books.account.asked if "restrictedDataToken" in one.target]) == 1
    assert (document.external_id, document.total) == (placed.external_id, placed.total)
    assert [line.id for line in document.lines] == list(placed.lines)


async def test_version_0_shows_no_names_to_an_application_without_that_role(books, connected):
    await books.place(Wanted(books.articles[0]))
    async with connected(orders_api="v0", restricted_data=False) as shop:
        [payload] = (await shop.orders(FeedQuery())).payloads

    address = books.read(payload).shipping_address
    assert (address.city, address.name) == ("Berlin", None)


async def test_what_was_sent_is_read_as_sent_and_not_as_cancelled(books, connected):
    placed = await books.place(Wanted(books.articles[0], 3), Wanted(books.articles[1], 1))
    for version in ("2026-01-01", "v0"):
        async with connected(orders_api=version) as shop:
            if version == "2026-01-01":
                await shop.tell(parcel("amazon", placed, 2))
            [payload] = (await shop.orders(FeedQuery())).payloads
        lines = books.read(payload).lines
        assert [(line.cancelled, line.shipped) for line in lines] == [(2, 2), (0, 0)]


async def test_an_account_may_be_connected_by_any_name(books, tmp_path):
    placed = await books.place(Wanted(books.articles[0]))
    connected = Settings(shops={"amazon_fe": settings(books.url, tmp_path / "feeds.sqlite")})
    [shop] = open_shops(connected).values()

    [payload] = (await shop.orders(FeedQuery())).payloads
    [reading] = channel_formats(connected)["amazon_fe"].read(payload)

    assert (reading.document.channel, reading.document.external_id) == ("amazon_fe", placed.external_id)
    await shop.close()


async def test_pending_orders_are_left_until_they_are_none(books, connected):
    placed = await books.place(Wanted(books.articles[0]))
    books.order(placed)["fulfillment"]["fulfillmentStatus"] = "PENDING"
    async with connected() as shop:
        page = await shop.orders(FeedQuery())
        assert page.payloads == ()
        books.order(placed)["fulfillment"]["fulfillmentStatus"] = "UNSHIPPED"
        await books.touch(placed)
        page = await shop.orders(FeedQuery(cursor=page.cursor))

    assert len(page.payloads) == 1


async def test_a_token_serves_until_it_ends(books, connected):
    placed = await books.place(Wanted(books.articles[0], 9))
    async with connected() as shop:
        for _ in range(3):
            await shop.tell(parcel("amazon", placed, 1))
    assert books.account.tokens == 1

    books.account.token_life_s = 30
    async with connected() as shop:
        await shop.tell(parcel("amazon", placed, 1))
    assert books.account.tokens > 2


async def test_a_token_that_is_taken_back_is_replaced_at_the_next_asking(books, connected):
    placed = await books.place(Wanted(books.articles[0], 2))
    async with connected() as shop:
        await shop.tell(parcel("amazon", placed, 1))
        books.account.revoked = books.account.tokens
        with pytest.raises(Unavailable):
            await shop.tell(parcel("amazon", placed, 1))
        await shop.tell(parcel("amazon", placed, 1))


async def test_credentials_that_are_wrong_make_orders_wait(connected):
    async with connected(client_secret="other") as shop:
        with pytest.raises(Unavailable, match="client id") as caught:
            await shop.orders(FeedQuery())

    assert caught.value.code == "invalid_grant"


async def test_our_own_quota_says_how_long_before_amazon_has_to(books, connected):
    async with connected(quotas={"searchOrders": [0.01, 2]}) as shop:
        for _ in range(2):
            await shop.orders(FeedQuery())
        asked = len(books.account.asked)
        with pytest.raises(Unavailable, match="searchOrders") as caught:
            await shop.orders(FeedQuery())

    assert caught.value.retry_after_s == pytest.approx(100, abs=5)
    assert len(books.account.asked) == asked


async def test_a_throttled_answer_without_a_rate_is_waited_for_by_the_published_one(books, connected):
    placed = await books.place(Wanted(books.articles[0]))
    books.account.throttled.append("")
    async with connected() as shop:
        with pytest.raises(Unavailable) as caught:
            await shop.tell(parcel("amazon", placed, 1))

    assert caught.value.retry_after_s == pytest.approx(2)


async def test_a_call_waits_for_its_turn_where_that_is_short(monkeypatch):
    waited = []

    async def sleep(seconds):
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    quotas = Quotas("amazon", {"getFeed": (2.0, 1)})
    for _ in range(3):
        await quotas.take("getFeed")

    assert waited == [0.5, 1.0]


async def test_a_span_with_more_orders_than_the_quota_allows_is_read_in_halves(books, connected):
    placed = [await books.place(Wanted(books.articles[0])) for _ in range(22)]
    read, cursor, more = set(), None, True
    since = (datetime.now(UTC) - timedelta(days=1, seconds=5)).isoformat()
    while more:
        # Two calls, no more, as if the quota filled up between two readings only.
        async with connected(quotas={"searchOrders": [0.001, 2]}, orders_since=since) as shop:
            page = await shop.orders(FeedQuery(cursor=cursor))
        cursor, more = page.cursor, page.more
        read |= {books.read(payload).external_id for payload in page.payloads}

    assert read == {each.external_id for each in placed}


async def test_orders_of_one_moment_that_cannot_be_halved_wait():
    class Endless:
        partner = "amazon"

        async def page(self, _span, _token):
            return SpanPage([{}], None, "more")

    with pytest.raises(Unavailable):
        await read_span(Endless(), Span(NOON, NOON + timedelta(seconds=1)), NOON)


def test_a_cursor_is_read_as_it_was_written():
    for span in (Span(NOON), Span(NOON, NOON + timedelta(hours=1))):
        assert Span.read(str(span), None, NOON) == span
    assert Span.read(None, NOON, NOON).since == NOON
    assert Span.read(None, None, NOON).since < NOON


def test_package_numbers_are_positive_and_hold():
    numbers = {package_number(f"key/{number}") for number in range(500)}

    assert len(numbers) == 500
    assert all(number.isdecimal() and 0 < int(number) < 10**9 for number in numbers)
    assert package_number("key/1") == "840997106", "a process started later says the same"


async def test_what_is_in_the_journal_is_there_for_every_worker(tmp_path):
    path = tmp_path / "deep" / "feeds.sqlite"
    one, two = Journal(path), Journal(path)

    assert await one.sending("a")
    assert not await two.sending("a")
    await one.sent("a", "50000")
    assert await two.known() == {"50000"}
    await two.done("a")
    entry = await one.find("a")
    assert (entry.feed_id, entry.done) == ("50000", True)
    await one.not_sent("a")
    assert await two.find("a") is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"<a/>", b"<a>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b'{"summary": 1}', b"\xff"],
)
def test_a_report_that_is_none_is_not_taken_for_success(content):
    with pytest.raises(Nonsense):
        read_report("amazon", content, packed=False)
    with pytest.raises(Nonsense):
        read_report("amazon", content, packed=True)


@pytest.mark.parametrize(
    ("url", "changes", "said"),
    [
        ("http://127.0.0.1:1", {"marketplaces": []}, "options: marketplaces"),
        ("http://127.0.0.1:1", {"client_secret": ""}, "options: client_secret"),
        ("https://sellingpartnerapi-eu.amazon.com", {}, "A1VC38T7YXB528 is not served|ATVPDKIKX0DER is not served"),
    ],
)
def test_options_that_are_wrong_are_named_and_no_secret_is(tmp_path, url, changes, said):
    with pytest.raises(ValueError, match=said) as caught:
        AmazonChannel("amazon", settings(url, tmp_path / "feeds.sqlite", **changes))

    assert str(caught.value).startswith("ORDERLOOM_SHOPS: amazon:")
    assert "app-secret" not in str(caught.value)
