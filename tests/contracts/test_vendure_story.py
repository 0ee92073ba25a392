"""Orders placed in a real Vendure shop, carried out here and reported there: the shop's own books agree with ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from activities.adapters.vendure.orders import VendureOrders
from activities.adapters.vendure.shop.channel import VendureChannel
from models.order.payment_terms import PaymentTerms
from models.partners.feeds import FeedQuery
from models.settings import PartnerSettings
from ops.partners.vendure.shoppers import BASKETS, DECLINED_CARD, GOOD_CARD, Placed, place
from tests.contracts.channels import asks, books
from tests.contracts.vendure_shop import OpenShop, open_shop

pytestmark = pytest.mark.real

MUGS_AND_TEE, COUPON, _EXPRESS, YEN, PREPAID, DECLINED = BASKETS


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenShop]:
    with open_shop(tmp_path_factory.mktemp("vendure")) as opened:
        yield opened


@pytest.fixture
async def channel(shop: OpenShop) -> AsyncIterator[VendureChannel]:
    options = {"settle_s": 0}
    made = VendureChannel("vendure", PartnerSettings(url=shop.url, key=shop.key, timeout_s=30, options=options))
    yield made
    await made.close()


def wanted(placed: Placed) -> books.Placed:
    """The order as the asks of the contract name it, with so many of each line that none is left out."""
    lines = tuple(placed.lines.values())
    return books.Placed(placed.code, lines, tuple(books.Wanted(sku, 1) for sku in placed.lines), "EUR")


def at_shop(shop: OpenShop, placed: Placed) -> dict[str, Any]:
    fields = "state totalWithTax fulfillments { state } payments { state amount refunds { total state } }"
    return dict(shop.admin.ask(f"query($i: ID!) {{ order(id: $i) {{ {fields} }} }}", i=placed.id))


async def test_every_kind_of_basket_comes_to_us_whole(shop, channel):
    placed = {place(shop.url, basket).code: basket for basket in (COUPON, YEN, PREPAID, DECLINED)}

    orders, cursor = {}, None
    async with asyncio.timeout(120):
        while not placed.keys() <= orders.keys():
            page = await channel.orders(FeedQuery(cursor=cursor))
            cursor = page.cursor
            read = [VendureOrders().read(payload)[0].document for payload in page.payloads]
            orders |= {document.external_id: document for document in read if document}
    for code, basket in placed.items():
        assert {line.sku: line.quantity for line in orders[code].lines} == dict(basket.goods)
        assert orders[code].shipping_address.country == basket.shopper.country
        assert orders[code].currency == basket.currency
        (tender,) = orders[code].payment.tenders
        if basket is PREPAID:
            assert orders[code].payment.terms is PaymentTerms.PREPAID
        else:
            assert tender.token == (DECLINED_CARD if basket is DECLINED else GOOD_CARD)


async def test_sent_in_part_and_the_rest_cancelled_the_shop_has_taken_what_was_sent(shop, channel):
    placed = place(shop.url, MUGS_AND_TEE)

    await channel.tell(asks.parcel("vendure", wanted(placed), 1, 0))
    assert at_shop(shop, placed)["state"] == "PartiallyShipped"
    assert at_shop(shop, placed)["payments"] == [{"state": "Settled", "amount": placed.total, "refunds": []}]

    await channel.tell(asks.cancellation("vendure", wanted(placed), 1, 1))
    after = at_shop(shop, placed)
    (payment,) = after["payments"]
    assert payment["refunds"] == [{"total": placed.total - after["totalWithTax"], "state": "Settled"}]
    assert after["totalWithTax"] == 1295 + 490


async def test_an_order_sent_whole_is_shipped_at_the_shop(shop, channel):
    placed = place(shop.url, COUPON)

    await channel.tell(asks.parcel("vendure", wanted(placed), 1, 0))
    shades = books.Placed(placed.code, (placed.lines["LAMP-SHADE"],), (books.Wanted("LAMP-SHADE", 3),), "EUR")
    await channel.tell(asks.parcel("vendure", shades, 3))

    assert at_shop(shop, placed)["state"] == "Shipped"
    assert [parcel["state"] for parcel in at_shop(shop, placed)["fulfillments"]] == ["Shipped", "Shipped"]


async def test_a_declined_card_cancels_the_order_and_lets_the_payment_go(shop, channel):
    placed = place(shop.url, DECLINED)

    await channel.tell(asks.cancellation("vendure", wanted(placed), reason="the card was declined"))

    after = at_shop(shop, placed)
    assert (after["state"], after["totalWithTax"]) == ("Cancelled", 0)
    assert [payment["state"] for payment in after["payments"]] == ["Cancelled"]


async def test_a_return_that_we_paid_back_is_in_the_shops_books(shop, channel):
    placed = place(shop.url, MUGS_AND_TEE)
    await channel.tell(asks.parcel("vendure", wanted(placed), 1, 1))

    told = asks.refund("vendure", wanted(placed), 1295, held=False, reason="did not fit")
    first = await channel.tell(told)

    assert await channel.tell(told) == first
    assert at_shop(shop, placed)["payments"][0]["refunds"] == [{"total": 1295, "state": "Settled"}]


async def test_the_shop_sells_what_it_was_told_beside_what_its_own_orders_have_taken(shop, channel):
    place(shop.url, MUGS_AND_TEE)

    await channel.publish(asks.offers("vendure", ("MUG-BLUE", 7, 1)))

    found = shop.admin.ask(
        '{ productVariants(options: {filter: {sku: {eq: "MUG-BLUE"}}}) '
        "{ items { stockLevels { stockOnHand stockAllocated } } } }"
    )["items"][0]["stockLevels"][0]
    assert found["stockOnHand"] - found["stockAllocated"] == 7
    assert found["stockAllocated"] > 0


async def test_a_shop_that_is_opened_again_has_kept_its_orders(tmp_path):
    with open_shop(tmp_path) as opened:
        placed = place(opened.url, PREPAID)
    with open_shop(tmp_path) as opened:
        assert at_shop(opened, placed)["state"] == "PaymentSettled"
