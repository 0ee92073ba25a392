"""What is Shopify's own: goods at several locations, jobs, spoilt keys, two currencies, webhooks and poll alike."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from activities.adapters.shopify.admin import leaving_out
from activities.adapters.shopify.admin.channel import ShopifyChannel
from activities.adapters.shopify.admin.reading.as_webhook import as_webhook
from activities.adapters.shopify.admin.reading.order_query import ORDER
from activities.adapters.shopify.orders import ShopifyOrders
from activities.adapters.shops import open_shops
from models.errors import Refused, Transient, Unavailable, Uncertain
from models.partners.feeds import FeedQuery
from models.settings import PartnerSettings, Settings
from tests.contracts.between import answering, between, on
from tests.contracts.channels.asks import cancellation, offers, parcel, refund
from tests.contracts.channels.books import Wanted
from tests.contracts.channels.reading import swept
from tests.contracts.shopify.as_graphql import as_graphql
from tests.contracts.shopify.rules import Mutations
from tests.contracts.shopify.stand_in import LOCATION, TOKEN, ShopifyShop, answered, shopify_shop
from tests.contracts.shopify.state import Fulfilment, Portion
from tests.contracts.test_shopify_channel import connected

SAMPLES = sorted((Path(__file__).parents[2] / "ops" / "samples" / "shopify").glob("*.json"))


@pytest.fixture
async def books() -> AsyncIterator[ShopifyShop]:
    async with shopify_shop() as shop:
        yield shop


@pytest.fixture
async def shop(books: ShopifyShop) -> AsyncIterator[ShopifyChannel]:
    adapter = connected(books.url)
    yield adapter
    await adapter.close()


@pytest.fixture
async def scattered(books):
    """An order whose second line lies at another location."""
    placed = await books.place(Wanted("MUG-BLUE", 2), Wanted("MUG-RED", 1))
    order = books.order(placed)
    elsewhere = Portion(
        books.memory.gid("FulfillmentOrder"), "gid://shopify/Location/6", [order.portions[0].lines.pop()]
    )
    order.portions.append(elsewhere)
    return placed


# --- parcels ---


async def test_a_parcel_with_goods_of_two_locations_becomes_a_fulfilment_at_each(books, shop, scattered) -> None:
    told = parcel("mugs", scattered, 2, 1)

    assert await shop.tell(told) == await shop.tell(told)

    assert sorted(sum(each.lines.values()) for each in await books.parcels(scattered)) == [1, 2]
    assert {each.tracking_number for each in await books.parcels(scattered)} == {told.tracking_number}


async def test_after_half_of_it_the_other_half_is_made(books, shop, scattered, monkeypatch) -> None:
    made = Mutations.fulfillment_create
    attempts: list[int] = []

    def fails_at_the_second(self, key, fulfillment):
        attempts.append(1)
        if len(attempts) == 2:
            raise RuntimeError("out of order")
        return made(self, key, fulfillment)

    monkeypatch.setattr(Mutations, "fulfillment_create", fails_at_the_second)
    told = parcel("mugs", scattered, 2, 1)
    with pytest.raises(Uncertain):
        await shop.tell(told)

    await shop.tell(told)

    assert sorted(sum(each.lines.values()) for each in await books.parcels(scattered)) == [1, 2]


async def test_a_parcel_that_was_cancelled_at_shopify_is_none(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE", 2))
    told = parcel("mugs", placed, 1)
    line = books.order(placed).lines[0]
    books.order(placed).sent.append(
        Fulfilment(
            "gid://shopify/Fulfillment/1",
            "DHL",
            told.tracking_number,
            [{"line_item": line, "quantity": 1}],
            "CANCELLED",
        )
    )

    await shop.tell(told)

    assert [each.status for each in books.order(placed).sent] == ["CANCELLED", "SUCCESS"]


@pytest.mark.parametrize("held", ["ON_HOLD", "SCHEDULED"])
async def test_what_is_on_hold_at_shopify_is_refused_with_that_reason(books, shop, held) -> None:
    placed = await books.place(Wanted("MUG-BLUE"))
    books.order(placed).portions[0].held = held

    with pytest.raises(Refused, match="on hold or not due"):
        await shop.tell(parcel("mugs", placed, 1))


async def test_an_order_of_more_lines_than_a_page_holds_is_sent_and_read_whole(books, shop) -> None:
    placed = await books.place(*(Wanted("MUG-BLUE", 1, number) for number in range(1, 131)))

    await shop.tell(parcel("mugs", placed, *[1] * 130))

    ((shown,), (payload,)) = await books.parcels(placed), (await swept(shop, None))[0]
    assert len(shown.lines) == 130
    assert [line.id for line in books.read(payload).lines] == list(placed.lines)


async def test_an_id_shopify_cannot_have_given_is_refused(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE"))

    with pytest.raises(Refused, match="is no id of a Shopify Order"):
        await shop.tell(parcel("mugs", placed, 1).model_copy(update={"external_id": "R-17"}))


# --- cancellations ---


@pytest.mark.slow
async def test_an_order_of_which_something_was_sent_is_not_cancelled_whole(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE", 2))
    await shop.tell(parcel("mugs", placed, 1))

    with pytest.raises(Refused, match="fulfillments"):
        await shop.tell(cancellation("mugs", placed))


async def test_a_cancellation_that_takes_long_is_waited_for(books, shop, monkeypatch) -> None:
    monkeypatch.setattr(leaving_out, "LOOKS_S", (0.0,) * 5)
    monkeypatch.setattr(leaving_out, "LOOKS_AGAIN_S", (0.0,) * 2)
    placed = await books.place(Wanted("MUG-BLUE", 2))
    told = cancellation("mugs", placed)
    books.memory.jobs_take = 8
    with pytest.raises(Transient, match="not cancelled it yet"):
        await shop.tell(told)

    # Asked again while the job runs, Shopify refuses, and is done a moment later.
    assert (await shop.tell(told)).reference == books.order(placed).id


async def test_no_money_goes_back_with_goods_that_are_left_out(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE", 2))

    await shop.tell(cancellation("mugs", placed, 1))

    assert await books.refunds(placed) == []


# --- refunds ---


async def test_money_goes_back_to_the_payments_it_came_by(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE", 1, 1000))
    order = books.order(placed)
    card = order.movements[0]
    card.amount_set = order.sums(card.amount_set.shown / 4)
    gift = type(card)(books.memory.gid("OrderTransaction"), "SALE", order.sums(card.amount_set.shown * 3), "gift_card")
    order.movements.append(gift)

    await shop.tell(refund("mugs", placed, 400))

    back = [each for each in order.movements if each.kind == "REFUND"]
    assert [(each.parent_transaction.id, str(each.amount_set.shown)) for each in back] == [
        (card.id, "2.50"),
        (gift.id, "1.50"),
    ]


async def test_a_refund_in_another_currency_than_the_customers_is_refused(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE"), currency="USD")
    told = refund("mugs", placed, 100)

    with pytest.raises(Refused) as caught:
        await shop.tell(told.model_copy(update={"amount": told.amount.model_copy(update={"currency": "EUR"})}))

    assert caught.value.code == "currency"


async def test_an_attempt_that_failed_at_shopify_does_not_spoil_the_next(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE", 1, 1000))
    told = refund("mugs", placed, 500)
    paid = books.order(placed).movements[0]
    settled = paid.amount_set
    books.memory.refuses_refunds = True
    with pytest.raises(Refused):
        await shop.tell(told)
    books.memory.refuses_refunds = False

    await shop.tell(told)

    assert [each.amount.amount for each in await books.refunds(placed)] == [500]
    assert paid.amount_set == settled


async def test_when_shopify_has_forgotten_its_keys_our_notes_are_still_there(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE", 3))
    asked = [refund("mugs", placed, 100), cancellation("mugs", placed, 1)]
    first = [await shop.tell(told) for told in asked]
    books.memory.answered.clear()

    assert [await shop.tell(told) for told in asked] == first
    assert (len(await books.refunds(placed)), sum((await books.cancelled(placed)).values())) == (1, 1)


async def test_returned_goods_are_named_and_goods_still_to_be_sent_are_not(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE", 3))
    await shop.tell(parcel("mugs", placed, 1))

    await shop.tell(refund("mugs", placed, 200, 2))
    await shop.tell(parcel("mugs", placed, 2))

    assert books.order(placed).lines[0].returned == 1


# --- offers ---


async def test_an_article_that_stands_twice_in_the_shop_is_refused(books, shop) -> None:
    await books.listed("MUG-BLUE")

    with pytest.raises(Refused) as caught:
        await shop.publish(offers("mugs", ("MUG-BLUE", 1, 1)))

    assert caught.value.code == "sku_twice"


async def test_stock_that_was_set_before_a_worker_died_is_not_set_again(books) -> None:
    """Between the setting and the noting of the version the shop sells one: that sale stands."""
    batch = offers("mugs", ("MUG-BLUE", 5, 1))
    async with between(books.url) as way:
        first, second = connected(way.url), connected(way.url)
        way.faults.append(on(answering(500), "POST", "", "metafieldsSet"))
        with pytest.raises(Transient):
            await first.publish(batch)
        next(each for each in books.memory.variants.values() if each.sku == "MUG-BLUE").available -= 1

        await second.publish(batch)

        assert (await books.stock())["MUG-BLUE"] == 4
        await first.close()
        await second.close()


# --- reading ---


async def test_what_is_cancelled_there_beside_what_was_sent_is_told_apart(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE", 5))
    await shop.tell(parcel("mugs", placed, 2))
    await books.cancel(placed, 1)
    ((payload,), _) = await swept(shop, None)

    (line,) = books.read(payload).lines

    assert (line.open_quantity, line.shipped, line.cancelled - line.shipped) == (2, 2, 1)


async def test_an_order_changed_within_the_last_seconds_is_left_for_the_next_reading(books) -> None:
    placed = await books.place(Wanted("MUG-BLUE"))
    books.order(placed).updated_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    patient, hasty = connected(books.url, settle_s=600.0), connected(books.url, settle_s=0.0)

    assert (await patient.orders(FeedQuery())).payloads == ()
    assert len((await hasty.orders(FeedQuery())).payloads) == 1
    await patient.close()
    await hasty.close()


async def test_orders_from_before_we_were_connected_are_not_read(books) -> None:
    await books.place(Wanted("MUG-BLUE"))
    late = books.memory.now + timedelta(seconds=1)
    new = await books.place(Wanted("MUG-BLUE"))
    shop = connected(books.url, orders_since=late.isoformat())

    payloads, _ = await swept(shop, None)

    assert [books.read(each).external_id for each in payloads] == [new.external_id]
    await shop.close()


async def test_an_order_in_two_currencies_reads_as_the_customer_saw_it(books, shop) -> None:
    await books.place(Wanted("MUG-BLUE", 1, 1999), currency="USD")
    ((payload,), _) = await swept(shop, None)

    document = books.read(payload)

    assert (document.currency, document.total.amount) == ("USD", 1999)
    assert document.base_total is not None
    assert document.base_total.currency == "EUR"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda each: each.stem)
def test_an_order_reads_the_same_by_poll_as_by_webhook(sample) -> None:
    (by_webhook,) = ShopifyOrders().read(sample.read_bytes())
    payload = json.loads(sample.read_bytes())
    answer = answered(
        ORDER, {"order": as_graphql(payload.get("order", payload))}, id="gid://shopify/Order/1", after=None
    )

    (by_poll,) = ShopifyOrders().read(json.dumps(as_webhook(answer["order"])).encode())

    assert by_poll.document == by_webhook.document
    assert str(by_poll.error) == str(by_webhook.error)


# --- trouble ---


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ACCESS_DENIED", Unavailable),
        ("SHOP_INACTIVE", Unavailable),
        ("INTERNAL_SERVER_ERROR", Transient),
        ("TIMEOUT", Transient),
        ("IDEMPOTENCY_CONCURRENT_REQUEST", Transient),
        ("MAX_COST_EXCEEDED", Uncertain),
        ("undefinedField", Uncertain),
    ],
)
async def test_errors_in_a_good_answer_mean_what_shopify_says(books, code, kind) -> None:
    body = json.dumps({"errors": [{"message": "no", "extensions": {"code": code}}]}).encode()
    async with between(books.url) as way:
        shop = connected(way.url)
        way.faults.append(answering(200, body))

        with pytest.raises(kind):
            await shop.orders(FeedQuery())

        await shop.close()


@pytest.mark.parametrize("status", [402, 423, 430])
async def test_a_shop_that_is_frozen_or_locked_is_waited_for(books, status) -> None:
    async with between(books.url) as way:
        shop = connected(way.url)
        way.faults.append(answering(status, b'{"errors":"Unavailable Shop"}'))

        with pytest.raises(Unavailable):
            await shop.orders(FeedQuery())

        await shop.close()


async def test_seconds_with_a_decimal_point_are_seconds(books) -> None:
    async with between(books.url) as way:
        shop = connected(way.url)
        way.faults.append(answering(429, b"", Retry_After="2.5"))

        with pytest.raises(Unavailable) as caught:
            await shop.orders(FeedQuery())

        assert caught.value.retry_after_s == 2.5
        await shop.close()


@pytest.mark.parametrize(
    ("options", "key", "said"),
    [
        ({}, TOKEN, "options: location is missing"),
        ({"location": "Berlin"}, TOKEN, "options: location"),
        ({"location": LOCATION, "colour": "red"}, TOKEN, "options: colour"),
        ({"location": LOCATION, "api_version": "2026-08"}, TOKEN, "options: api_version"),
        ({"location": LOCATION}, "", "key is missing"),
    ],
)
def test_a_wrong_setting_is_named(options, key, said) -> None:
    shops = {"mugs": PartnerSettings(kind="shopify", url="http://127.0.0.1:1", key=key, options=options)}

    with pytest.raises(ValueError, match=f"ORDERLOOM_SHOPS: mugs: {said}"):
        open_shops(Settings(shops=shops))


def test_a_channel_of_a_kind_nobody_knows_names_those_there_are() -> None:
    shops = {"mugs": PartnerSettings(kind="shopfiy", url="http://127.0.0.1:1")}

    with pytest.raises(ValueError, match=r"only these kinds: .*shopify.*woocommerce"):
        open_shops(Settings(shops=shops))
