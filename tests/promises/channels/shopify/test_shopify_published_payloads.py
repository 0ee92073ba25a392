"""Shopify's own published payloads, where they are present: each has the verdict worked out by hand from the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.adapters.shopify.orders import ShopifyOrders
from models.errors import InvalidInput
from models.order.payment_terms import PaymentTerms

FOLDER = Path(__file__).parents[5] / "shared" / "payloads" / "shopify"

# external id, total, currency, open quantity of each line, terms, refunded
ORDERS = {
    "js2024-04_order_test_1.json": ("450789469", 59894, "USD", [0, 1, 0], PaymentTerms.PREPAID, 20900),
    "js2024-04_order_test_15.json": ("450789469", 59894, "USD", [0, 0, 0], PaymentTerms.PREPAID, 11000),
    "js2024-04_order_test_17.json": ("1073459969", 19900, "USD", [1], PaymentTerms.CAPTURE_ON_SHIPMENT, None),
    "js2024-04_order_test_18.json": ("1073459974", 19900, "USD", [1], PaymentTerms.CAPTURE_ON_SHIPMENT, None),
    "js2024-04_order_test_21.json": ("1073459964", 19900, "USD", [0], PaymentTerms.PREPAID, None),
    "js2024-04_order_test_23.json": ("1073459981", 18109, "USD", [1], PaymentTerms.PREPAID, None),
    "js2024-04_order_test_6.json": ("1073459972", 19900, "USD", [1], PaymentTerms.PREPAID, None),
}
REFUSED = {
    "js2024-04_abandoned_checkout_test_1.json": "Shopify list of checkouts, not an order",
    "js2024-04_draft_order_test_1.json": "Shopify draft order, not an order",
    "js2024-04_draft_order_test_2.json": "Shopify draft order, not an order",
    "js2024-04_draft_order_test_3.json": "Shopify draft order, not an order",
    "js2024-04_draft_order_test_4.json": "Shopify draft order, not an order",
    "js2024-04_fulfillment_order_test_1.json": "Shopify list of fulfillment orders, not an order",
    "js2024-04_fulfillment_order_test_2.json": "Shopify list of fulfillment orders, not an order",
    "js2024-04_fulfillment_order_test_3.json": "Shopify list of fulfillment orders, not an order",
    "js2024-04_fulfillment_order_test_4.json": "Shopify fulfillment order, not an order",
    "js2024-04_fulfillment_order_test_6.json": "Shopify fulfillment order, not an order",
    "js2024-04_fulfillment_test_1.json": "Shopify list of fulfillments, not an order",
    "js2024-04_fulfillment_test_10.json": "Shopify fulfillment, not an order",
    "js2024-04_fulfillment_test_2.json": "Shopify list of fulfillments, not an order",
    "js2024-04_fulfillment_test_3.json": "Shopify list of fulfillments, not an order",
    "js2024-04_fulfillment_test_5.json": "Shopify fulfillment, not an order",
    "js2024-04_gift_card_test_1.json": "Shopify list of gift cards, not an order",
    "js2024-04_gift_card_test_2.json": "Shopify list of gift cards, not an order",
    "js2024-04_gift_card_test_5.json": "Shopify gift card, not an order",
    "js2024-04_inventory_level_test_1.json": "Shopify list of inventory levels, not an order",
    "js2024-04_inventory_level_test_2.json": "Shopify list of inventory levels, not an order",
    "js2024-04_refund_test_1.json": "Shopify list of refunds, not an order",
    "js2024-04_refund_test_2.json": "Shopify refund, not an order",
    "js2024-04_transaction_test_2.json": "Shopify list of transactions, not an order",
    "pyapi_checkouts.json": "Shopify list of checkouts, not an order",
    "pyapi_draft_order.json": "Shopify draft order, not an order",
    "pyapi_draft_order_completed.json": "Shopify draft order, not an order",
    "pyapi_fulfillment.json": "Shopify fulfillment, not an order",
    "pyapi_fulfillment_event.json": "Shopify fulfillment event, not an order",
    "pyapi_gift_card.json": "Shopify gift card, not an order",
    "pyapi_inventory_level.json": "Shopify inventory level, not an order",
    "pyapi_inventory_levels.json": "Shopify list of inventory levels, not an order",
    "pyapi_order_risk.json": "Shopify risk, not an order",
    "pyapi_orders.json": "/orders/0/line_items: the order has no line items",
    "pyapi_refund.json": "Shopify refund, not an order",
    "pyapi_refund_calculate.json": "Shopify refund, not an order",
    "pyapi_tender_transactions.json": "Shopify list of tender transactions, not an order",
    "pyapi_transactions.json": "Shopify transaction, not an order",
}
PRESENT = sorted(path.name for path in FOLDER.glob("*.json"))


def test_every_present_payload_has_a_verdict():
    assert set(PRESENT) <= ORDERS.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", [name for name in PRESENT if name in ORDERS])
def test_a_published_order_is_read_as_a_person_would(name):
    external_id, total, currency, left, terms, refunded = ORDERS[name]
    (reading,) = ShopifyOrders().read((FOLDER / name).read_bytes())
    order = reading.document
    assert reading.error is None
    assert order is not None
    assert (order.channel, order.external_id) == ("shopify", external_id)
    assert (order.total.amount, order.currency) == (total, currency)
    assert [line.open_quantity for line in order.lines] == left
    assert order.payment.terms is terms
    assert (order.payment.refunded.amount if order.payment.refunded else None) == refunded


@pytest.mark.parametrize("name", [name for name in PRESENT if name in REFUSED])
def test_what_is_no_order_is_refused_by_its_name(name):
    try:
        (reading,) = ShopifyOrders().read((FOLDER / name).read_bytes())
    except InvalidInput as error:
        said = str(error)
    else:
        said = str(reading.error)
    assert REFUSED[name] in said
