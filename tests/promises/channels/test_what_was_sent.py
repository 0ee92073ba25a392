"""Of what is no longer open on a line, a channel's order says how much was sent, and how much was taken away."""

import json

import pytest

from activities.adapters.amazon.orders import AmazonOrders
from activities.adapters.magento.orders import MagentoOrders
from tests.promises.channels.test_amazon_orders import item as amazon_item
from tests.promises.channels.test_amazon_orders import v0
from tests.promises.channels.test_magento_orders import item, plain


def lines(layout, value):
    [found] = layout.read(json.dumps(value).encode())
    assert found.error is None, found.error
    return [(line.quantity, line.cancelled, line.shipped) for line in found.document.lines]


@pytest.mark.parametrize(
    ("state", "quantities", "cancelled", "shipped"),
    [
        ("processing", {}, 0, 0),
        ("processing", {"qty_shipped": 1}, 1, 1),
        ("processing", {"qty_canceled": 1}, 1, 0),
        ("processing", {"qty_refunded": 1}, 1, 0),
        ("processing", {"qty_shipped": 1, "qty_canceled": 1}, 2, 1),
        # A refund after shipping is a return, and takes nothing away.
        ("processing", {"qty_shipped": 2, "qty_refunded": 1}, 2, 2),
        ("complete", {"qty_shipped": 2}, 2, 2),
        ("complete", {"qty_shipped": 1, "qty_canceled": 1}, 2, 1),
        # A download is complete without a shipment.
        ("complete", {}, 2, 2),
        ("closed", {"qty_shipped": 1, "qty_refunded": 2}, 2, 1),
        ("canceled", {"qty_canceled": 2}, 2, 0),
        ("canceled", {}, 2, 0),
    ],
)
def test_magento(state, quantities, cancelled, shipped):
    value = plain(state=state, items=[item(**quantities)])

    assert lines(MagentoOrders(), value) == [(2, cancelled, shipped)]


def test_magento_notes_on_the_parent_what_happens_to_a_configured_article():
    parent = item(product_type="configurable", qty_shipped=1, qty_canceled=1)
    child = {"item_id": 2, "parent_item_id": 1, "sku": "MUG-BLUE", "qty_ordered": 2}

    assert lines(MagentoOrders(), plain(items=[parent, child])) == [(2, 2, 1)]


@pytest.mark.parametrize(
    ("status", "shipped_there", "expected"),
    [
        ("Unshipped", 0, (2, 0, 0)),
        ("PartiallyShipped", 1, (2, 1, 1)),
        ("Shipped", 2, (2, 2, 2)),
        ("Shipped", None, (2, 2, 2)),
        ("Canceled", 0, (2, 2, 0)),
    ],
)
def test_amazon_version_0(status, shipped_there, expected):
    value = v0([amazon_item(QuantityShipped=shipped_there)], OrderStatus=status)

    assert lines(AmazonOrders(), value) == [expected]


def test_amazon_version_0_lowers_a_cancelled_item_to_none():
    value = v0([amazon_item(), amazon_item(OrderItemId="2", QuantityOrdered=0, ItemPrice=None, ItemTax=None)])

    assert lines(AmazonOrders(), value) == [(2, 0, 0), (1, 1, 0)]
