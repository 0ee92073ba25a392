"""WooCommerce's own published payloads, where they are present: each has the verdict worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.adapters.woocommerce.orders import WooCommerceOrders
from models.errors import InvalidInput
from models.order.payment_terms import PaymentTerms

FOLDER = Path(__file__).parents[5] / "shared" / "payloads" / "woocommerce"
PREPAID, AT_THE_DOOR = PaymentTerms.PREPAID, PaymentTerms.CASH_ON_DELIVERY

# per order: external id, total, currency, open quantity of each line, terms, refunded
ORDERS = {
    "docs_orders_0.json": [("727", 2935, "USD", [2, 1], PREPAID, None)],
    "docs_orders_2.json": [
        ("727", 2935, "USD", [2, 1], PREPAID, None),
        ("723", 3900, "USD", [0, 0], PREPAID, 1900),
    ],
    "ios_order-details-partially-refunded.json": [("324", 30445, "USD", [0] * 8, PREPAID, 2430)],
    "ios_order-fully-refunded.json": [("609", 22371, "USD", [0], PREPAID, 22371)],
    "ios_order-with-all-addon-types.json": [("159", 4454, "USD", [1], AT_THE_DOOR, None)],
    # 18.00 and 10.00 shipping; gift cards paid 24.00 of it and the card the 4.00 that WooCommerce calls the total
    "ios_order-with-attribution-info.json": [("459", 2800, "USD", [1], PREPAID, None)],
    "ios_order-with-charge.json": [("211", 3330, "USD", [1], PREPAID, None)],
    "ios_order-with-composite-product.json": [("421", 230000, "USD", [1, 1, 1, 1], PREPAID, None)],
    "ios_order-with-line-item-attributes-before-API-support.json": [("154", 9000, "GBP", [2], AT_THE_DOOR, None)],
    "ios_order-with-subscription-renewal.json": [("526", 1450, "USD", [1], PREPAID, None)],
}
REFUSED = {
    "docs_order-refunds_0.json": "WooCommerce refund, not an order",
    "docs_order-refunds_2.json": "WooCommerce refund, not an order",
    "docs_webhooks_0.json": "WooCommerce webhook, not an order",
    "docs_webhooks_2.json": "WooCommerce webhook, not an order",
    "docs_webhooks_5.json": "WooCommerce batch of webhooks, not an order",
    "ios_broken-order.json": "/data/status: this is a draft",
    "ios_broken-orders.json": "/data/0/status: this is a draft",
    "ios_order-with-special-character-currency.json": "/data/line_items/1/quantity: must be a whole number of pieces",
    "ios_order.json": "/data/line_items/1/quantity: must be a whole number of pieces, not 1.5",
    "ios_refund-single.json": "WooCommerce refund, not an order",
    "ios_refunds-all.json": "WooCommerce refund, not an order",
    "ios_shipment_tracking_delete.json": "WooCommerce shipment tracking, not an order",
    "ios_shipment_tracking_multiple.json": "WooCommerce shipment tracking, not an order",
    "ios_shipment_tracking_single.json": "WooCommerce shipment tracking, not an order",
    "ios_shipping-label-carriers-and-rates-success.json": "WooCommerce list of shipping rates, not an order",
    "ios_shipping-label-purchase-success.json": "WooCommerce shipping label purchase, not an order",
    "ios_shipping-label-refund-success.json": "WooCommerce shipping label refund, not an order",
}
PRESENT = sorted(path.name for path in FOLDER.glob("*.json"))


def test_every_present_payload_has_a_verdict():
    assert set(PRESENT) <= ORDERS.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", [name for name in PRESENT if name in ORDERS])
def test_a_published_order_is_read_as_a_person_would(name):
    readings = WooCommerceOrders().read((FOLDER / name).read_bytes())
    assert [reading.error for reading in readings] == [None] * len(ORDERS[name])
    for reading, (external_id, total, currency, left, terms, refunded) in zip(readings, ORDERS[name], strict=True):
        order = reading.document
        assert order is not None
        assert (order.channel, order.external_id) == ("woocommerce", external_id)
        assert (order.total.amount, order.currency) == (total, currency)
        assert [line.open_quantity for line in order.lines] == left
        assert order.payment.terms is terms
        assert (order.payment.refunded.amount if order.payment.refunded else None) == refunded


@pytest.mark.parametrize("name", [name for name in PRESENT if name in REFUSED])
def test_what_is_no_order_is_refused_by_its_name(name):
    try:
        (reading,) = WooCommerceOrders().read((FOLDER / name).read_bytes())
    except InvalidInput as error:
        said = str(error)
    else:
        said = str(reading.error)
    assert REFUSED[name] in said
