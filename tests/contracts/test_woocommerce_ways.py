"""What is WooCommerce's own: how customers learn of a parcel, variations, bundles, its errors, what webhooks leave out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from activities.adapters.shops import open_shops
from activities.adapters.woocommerce.orders import WooCommerceOrders
from activities.adapters.woocommerce.rest.channel import WooCommerceChannel
from models.errors import Refused, Transient, Unavailable, Uncertain
from models.partners.feeds import FeedQuery
from models.settings import PartnerSettings, Settings
from tests.contracts.between import LOST_REPLY, LOST_REQUEST, answering, between, on
from tests.contracts.channels.asks import cancellation, offers, parcel, refund
from tests.contracts.channels.books import Wanted
from tests.contracts.channels.reading import swept
from tests.contracts.test_woocommerce_channel import connected
from tests.contracts.woocommerce.stand_in import KEY, WooCommerceShop, woocommerce_shop

LINK = "https://parcels.example/?n=%1$s"


@pytest.fixture
async def books() -> AsyncIterator[WooCommerceShop]:
    async with woocommerce_shop() as shop:
        yield shop


@pytest.fixture
async def shop(books: WooCommerceShop) -> AsyncIterator[WooCommerceChannel]:
    adapter = connected(books.url)
    yield adapter
    await adapter.close()


# --- parcels ---


async def test_the_customer_is_told_of_each_parcel_once(books) -> None:
    placed = await books.place(Wanted("MUG-BLUE", 2))
    told = [parcel("hats", placed, 1, carrier="Kühne & Nagel") for _ in range(2)]
    async with between(books.url) as way:
        shop = connected(way.url, note="Unterwegs mit {carrier}, Nummer {number}")
        way.faults.append(on(LOST_REPLY, "POST", "/notes"))
        with pytest.raises(Transient):
            await shop.tell(told[0])
        for each in (*told, *told):
            await shop.tell(each)
        await shop.close()

    notes = [note["note"] for note in books.order(placed).notes if note["customer_note"]]
    assert notes == [f"Unterwegs mit Kühne &amp; Nagel, Nummer {each.tracking_number}" for each in told]


async def test_a_note_without_the_number_gets_it(books) -> None:
    placed = await books.place(Wanted("MUG-BLUE"))
    told = parcel("hats", placed, 1)
    shop = connected(books.url, note="It is on its way!")
    for _ in range(2):
        await shop.tell(told)

    assert [note["note"] for note in books.order(placed).notes] == [f"It is on its way! {told.tracking_number}"]
    await shop.close()


async def test_the_tracking_extension_shows_a_parcel_once(books) -> None:
    placed = await books.place(Wanted("MUG-BLUE"))
    told = parcel("hats", placed, 1)
    async with between(books.url) as way:
        shop = connected(way.url, tracking="shipment_tracking", tracking_link=LINK)
        way.faults.append(on(LOST_REPLY, "POST", "/shipment-trackings"))
        with pytest.raises(Transient):
            await shop.tell(told)
        await shop.tell(told)
        await shop.close()

    (shown,) = books.order(placed).trackings
    assert (shown["custom_tracking_provider"], shown["tracking_number"]) == ("DHL", told.tracking_number)
    assert (shown["custom_tracking_link"], shown["date_shipped"]) == (LINK, "2026-11-20")
    assert books.order(placed).notes == []


async def test_the_customer_hears_before_the_order_is_completed(books) -> None:
    placed = await books.place(Wanted("MUG-BLUE"))
    async with between(books.url) as way:
        shop = connected(way.url)
        way.faults.append(on(LOST_REQUEST, "PUT"))
        with pytest.raises(Transient):
            await shop.tell(parcel("hats", placed, 1))
        await shop.close()

    assert (len(books.order(placed).notes), books.order(placed).status) == (1, "processing")


async def test_an_order_is_completed_with_the_last_of_its_goods(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE", 2), Wanted("MUG-RED", 1))
    seen = []
    for told in (parcel("hats", placed, 1), cancellation("hats", placed, 0, 1), parcel("hats", placed, 1)):
        await shop.tell(told)
        seen.append(books.order(placed).status)

    assert seen == ["processing", "processing", "completed"]


async def test_a_shop_that_completes_orders_itself_is_left_to_it(books) -> None:
    placed = await books.place(Wanted("MUG-BLUE"))
    shop = connected(books.url, complete=False, tracking="none")

    await shop.tell(parcel("hats", placed, 1))

    assert (books.order(placed).status, books.order(placed).notes) == ("processing", [])
    await shop.close()


async def test_a_bundle_is_complete_when_its_parts_have_left(books, shop) -> None:
    placed = await books.place(Wanted("SET"), Wanted("MUG-BLUE", 2))
    whole, part = books.order(placed).lines
    shown = type(part).shown
    part.shown = lambda: {**shown(part), "bundled_by": str(whole.id)}

    await shop.tell(parcel("hats", placed, 0, 2))

    assert books.order(placed).status == "completed"


@pytest.mark.parametrize("status", ["cancelled", "refunded"])
async def test_an_order_the_shop_called_off_takes_no_parcel(books, shop, status) -> None:
    placed = await books.place(Wanted("MUG-BLUE"))
    books.order(placed).status = status

    with pytest.raises(Refused, match=status):
        await shop.tell(parcel("hats", placed, 1))


async def test_what_we_told_was_sent_is_read_from_a_webhook_too(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE", 5))
    await shop.tell(parcel("hats", placed, 2))
    await shop.tell(cancellation("hats", placed, 1))
    webhook = json.dumps(books.order(placed).shown()).encode()

    # A webhook names no lines of refunds; the poll adds them.
    assert [line.open_quantity for line in books.read(webhook).lines] == [3]
    ((polled,), _) = await swept(shop, None)
    assert [line.open_quantity for line in books.read(polled).lines] == [2]


@pytest.mark.parametrize(
    "value", ["", "[]", "{}", '{"lines": 5}', '{"lines": {"1": "2"}}', '{"lines": {"1": -4}}', "["]
)
def test_a_note_that_only_looks_like_a_parcel_changes_nothing(value) -> None:
    order = {
        "id": 5,
        "status": "processing",
        "currency": "EUR",
        "total": "10.00",
        "date_created_gmt": "2026-11-20T10:00:00",
        "line_items": [{"id": 1, "name": "Mug", "sku": "MUG", "quantity": 1, "total": "10.00"}],
        "shipping": {"address_1": "1 Mill Lane", "city": "York", "country": "GB"},
        "meta_data": [{"key": "_orderloom_parcel_x", "value": value}],
    }

    (reading,) = WooCommerceOrders().read(json.dumps(order).encode())

    assert reading.document is not None
    assert reading.document.lines[0].open_quantity == 1


# --- cancellations and refunds ---


async def test_a_completed_order_is_not_cancelled(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE"))
    await shop.tell(parcel("hats", placed, 1))

    with pytest.raises(Refused, match="completed"):
        await shop.tell(cancellation("hats", placed))


async def test_more_than_is_left_cannot_be_cancelled(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE", 2))
    await shop.tell(parcel("hats", placed, 1))

    with pytest.raises(Refused, match="1 are left"):
        await shop.tell(cancellation("hats", placed, 2))


async def test_a_gateway_that_fails_at_a_refund_is_a_persons_business(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE"))
    books.gateway_fails = True

    with pytest.raises(Uncertain, match="may have done it"):
        await shop.tell(refund("hats", placed, 100))


async def test_a_refund_in_another_currency_is_refused(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE"), currency="USD")
    told = refund("hats", placed, 100)

    with pytest.raises(Refused) as caught:
        await shop.tell(told.model_copy(update={"amount": told.amount.model_copy(update={"currency": "EUR"})}))

    assert caught.value.code == "currency"


async def test_refunds_beyond_a_page_are_found_again(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE", 1, 100_000))
    many = [refund("hats", placed, 1) for _ in range(3)]
    for _ in range(120):
        await books.give_back(placed, 1)
    for told in many:
        await shop.tell(told)

    await shop.tell(many[-1])

    assert len(await books.refunds(placed)) == 123


# --- offers ---


async def test_a_sku_with_a_comma_is_asked_for_alone(books, shop) -> None:
    await books.listed("MUG, BLUE")

    await shop.publish(offers("hats", ("MUG, BLUE", 4, 1), ("MUG-BLUE", 5, 1)))

    assert ((await books.stock())["MUG, BLUE"], (await books.stock())["MUG-BLUE"]) == (4, 5)


async def test_an_article_the_shop_does_not_take_is_refused_with_its_reason(books, shop) -> None:
    article = next(each for each in books.memory.articles.values() if each.sku == "MUG-RED")
    shown = article.shown()
    article.shown = lambda: {**shown, "parent_id": 4}

    with pytest.raises(Refused, match="Invalid ID"):
        await shop.publish(offers("hats", ("MUG-RED", 4, 1)))


async def test_a_shop_that_keeps_no_stock_says_so(books, shop) -> None:
    books.manages_stock = False

    with pytest.raises(Refused) as caught:
        await shop.publish(offers("hats", ("MUG-RED", 4, 1)))

    assert caught.value.code == "stock_not_managed"
    books.manages_stock = True
    await shop.publish(offers("hats", ("MUG-RED", 4, 1)))
    assert (await books.stock())["MUG-RED"] == 4


# --- reading ---


async def test_carts_and_drafts_are_not_read(books, shop) -> None:
    for status in ("pending", "checkout-draft", "failed", "processing"):
        books.order(await books.place(Wanted("MUG-BLUE"))).status = status

    assert len((await swept(shop, None))[0]) == 1


async def test_what_is_cancelled_there_beside_what_was_sent_is_told_apart(books, shop) -> None:
    placed = await books.place(Wanted("MUG-BLUE", 5))
    await shop.tell(parcel("hats", placed, 2))
    await books.cancel(placed, 1)
    ((payload,), _) = await swept(shop, None)

    (line,) = books.read(payload).lines

    assert (line.open_quantity, line.shipped, line.cancelled - line.shipped) == (2, 2, 1)


async def test_an_order_changed_within_the_last_seconds_is_left_for_the_next_reading(books) -> None:
    placed = await books.place(Wanted("MUG-BLUE"))
    books.order(placed).modified = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    patient, hasty = connected(books.url, settle_s=600.0), connected(books.url, settle_s=0.0)

    assert (await patient.orders(FeedQuery())).payloads == ()
    assert len((await hasty.orders(FeedQuery())).payloads) == 1
    await patient.close()
    await hasty.close()


# --- trouble ---


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "woocommerce_rest_cannot_view", Unavailable),
        (403, "woocommerce_rest_cannot_edit", Unavailable),
        (404, "rest_no_route", Unavailable),
        (404, "woocommerce_rest_shop_order_invalid_id", Refused),
        (400, "woocommerce_rest_invalid_order", Refused),
        (400, "rest_invalid_param", Uncertain),
        (500, "internal_server_error", Transient),
        (500, "woocommerce_rest_cannot_create_order_refund", Refused),
    ],
)
async def test_errors_mean_what_their_codes_say(books, status, code, kind) -> None:
    placed = await books.place(Wanted("MUG-BLUE"))
    body = json.dumps({"code": code, "message": "n&#039;importe quoi", "data": {"status": status}}).encode()
    async with between(books.url) as way:
        shop = connected(way.url)
        way.faults.append(answering(status, body))

        with pytest.raises(kind) as caught:
            await shop.tell(parcel("hats", placed, 1))

        if kind is Refused:
            assert str(caught.value) == "n'importe quoi"
        await shop.close()


@pytest.mark.parametrize(
    ("options", "key", "said"),
    [
        ({"tracking": "pigeon"}, KEY, "options: tracking"),
        ({"tracking": "shipment_tracking"}, KEY, "options: tracking_link is missing"),
        ({"statuses": []}, KEY, "options: statuses"),
        ({}, "", "key is missing"),
    ],
)
def test_a_wrong_setting_is_named(options, key, said) -> None:
    shops = {"hats": PartnerSettings(kind="woocommerce", url="http://127.0.0.1:1", key=key, options=options)}

    with pytest.raises(ValueError, match=f"ORDERLOOM_SHOPS: hats: {said}"):
        open_shops(Settings(shops=shops))
