"""The Shopify sample orders that the project ships: each is read, and tells the story it is named after."""

import json
from pathlib import Path

import pytest

from activities.adapters.shopify.orders import ShopifyOrders
from models.order.order import Order, Provenance, digest
from models.order.payment_terms import PaymentTerms

FOLDER = Path(__file__).parents[4] / "ops" / "samples" / "shopify"
GOODS = {
    "MUG-BLUE",
    "MUG-RED",
    "TEE-S",
    "TEE-M",
    "TEE-L",
    "LAMP-OAK",
    "LAMP-SHADE",
    "DESK-160",
    "CHAIR-ERGO",
    "NOTEBOOK-A5",
    "PEN-GEL",
    "BATTERY-PACK",
    "MED-KIT",
    "WINE-RED",
    "GIFT-CARD-50",
    "WARRANTY-2Y",
    "GIFTSET-DESK",
    "SCARCE-VASE",
    "CAMERA-PRO",
    "LENS-50",
    "BOLT-M8-100",
    "CABLE-REEL",
    "PAINT-5L",
    "SOFA-3",
    "RUG-WOOL",
    "GHOST-404",
}
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))

# total, currency, pieces left, terms, refunded: added up by hand from each file
STORIES = {
    "authorised_card_capture_on_shipment": (15506, "USD", 3, "capture_on_shipment", None),
    "bundle_with_free_gift": (11900, "GBP", 2, "prepaid", None),
    "cancelled_and_refunded": (30190, "EUR", 0, "prepaid", 30190),
    "cash_on_delivery": (4330, "EUR", 6, "cash_on_delivery", None),
    "gift_card_and_authorised_card": (88648, "USD", 2, "capture_on_shipment", None),
    "gift_card_product_and_engraving": (6985, "EUR", 2, "prepaid", None),
    "high_value_office": (1572000, "EUR", 24, "capture_on_shipment", None),
    "japanese_yen_expedited_unicode": (10000, "JPY", 3, "prepaid", None),
    "line_and_order_discounts": (8860, "EUR", 4, "prepaid", None),
    "multi_currency_presentment": (39564, "GBP", 11, "prepaid", None),
    "ordinary_paid_tax_inclusive": (4720, "EUR", 3, "prepaid", None),
    "partly_cancelled_before_arrival": (11407, "USD", 4, "prepaid", 4280),
    "regulated_battery_to_switzerland": (16278, "CHF", 2, "prepaid", None),
    "risky_guest_address_mismatch": (220500, "USD", 4, "prepaid", None),
    "short_of_stock": (24790, "EUR", 5, "capture_on_shipment", None),
    "unknown_article": (5885, "EUR", 2, "prepaid", None),
}


def read(name):
    body = (FOLDER / f"{name}.json").read_bytes()
    (reading,) = ShopifyOrders().read(body)
    assert reading.error is None, reading.error
    assert reading.document is not None
    return reading.document


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_tells_its_story(name):
    order = read(name)
    left = sum(line.open_quantity for line in order.lines)
    refunded = order.payment.refunded.amount if order.payment.refunded else None
    assert (order.total.amount, order.currency, left, order.payment.terms.value, refunded) == STORIES[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_names_known_goods_only(name):
    assert {line.sku for line in read(name).lines} <= GOODS


def test_no_two_samples_share_an_id():
    ids = [read(name).external_id for name in NAMES]
    assert len(set(ids)) == len(ids)


def test_samples_write_to_nobody_real():
    for name in NAMES:
        email = read(name).customer.email
        assert email is None or email.endswith(("@example.com", "@example.org"))


def test_what_was_called_off_has_nothing_to_deliver():
    finished = []
    for name in NAMES:
        document = read(name)
        provenance = Provenance(format=ShopifyOrders.format, payload_digest=digest(json.dumps(name).encode()))
        if Order.accepted(document, provenance).nothing_to_deliver:
            finished.append(name)
    assert finished == ["cancelled_and_refunded"]


def test_money_to_authorise_is_what_the_shop_does_not_hold():
    for name in NAMES:
        document = read(name)
        if document.payment.terms is PaymentTerms.CAPTURE_ON_SHIPMENT:
            assert not all(tender.captured for tender in document.payment.tenders)
