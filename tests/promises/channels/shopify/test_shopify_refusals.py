"""What Shopify sends that is no order is refused by its name, as a person would say it."""

import json

import pytest

from activities.adapters.shopify.orders import ShopifyOrders
from models.errors import InvalidInput


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (
            {"id": 1, "order_id": 2, "refund_line_items": [], "transactions": []},
            "this is a Shopify refund, not an order",
        ),
        (
            {"id": 1, "order_id": 2, "line_items": [], "tracking_numbers": []},
            "Shopify fulfillment, not an order",
        ),
        ({"id": 1, "name": "#D1", "line_items": [], "invoice_url": "x"}, "this is a Shopify draft order, not an order"),
        ({"id": 1, "abandoned_checkout_url": "x", "line_items": []}, "Shopify abandoned checkout"),
        ({"product": {"id": 1}}, "this is a Shopify product, not an order"),
        ({"webhooks": []}, "this is a Shopify list of webhooks, not an order"),
        ({"order_edit": {"id": 1}}, "this is a Shopify order edit, not an order"),
        ({"data": {"order": {}}}, "this is a Shopify GraphQL answer, not an order"),
        ({"errors": {}}, "this is a Shopify error message, not an order"),
        ([{"kind": "sale", "gateway": "bogus", "order_id": 1}], "this is a Shopify transaction, not an order"),
        ({"id": 5}, "notice that an order was deleted"),
        ({"hello": "world"}, "it has none of an order's fields"),
        ({"orders": []}, "the list holds no orders"),
        ([], "the list holds no orders"),
        ([1, 2], "an order is an object"),
        (7, "bare value"),
    ],
)
def test_what_is_no_order_is_called_by_its_name(payload, reason):
    with pytest.raises(InvalidInput, match=reason):
        ShopifyOrders().read(json.dumps(payload).encode())


def test_an_order_among_others_is_still_read():
    order = {
        "id": 1,
        "created_at": "2026-11-02T10:00:00Z",
        "currency": "EUR",
        "financial_status": "paid",
        "total_price": "1.00",
        "line_items": [{"id": 1, "sku": "PEN-GEL", "quantity": 1, "price": "1.00"}],
    }
    first, second = ShopifyOrders().read(json.dumps([order, {"refund_line_items": []}]).encode())
    assert first.document is not None
    assert "Shopify refund" in str(second.error)


@pytest.mark.parametrize("body", [b"", b"{", b'{"id":1,"id":2}', b"\xff", b'{"total_price": NaN}'])
def test_what_is_no_strict_json_is_refused(body):
    with pytest.raises(InvalidInput):
        ShopifyOrders().read(body)


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("id", None, "/id"),
        ("id", "a/b", "/id"),
        ("currency", "eur", "/currency"),
        ("created_at", "yesterday", "/created_at"),
        ("total_price", "a lot", "/total_price"),
        ("total_price", True, "/total_price"),
    ],
)
def test_a_field_that_cannot_be_read_is_pointed_at(field, value, pointer):
    order = {
        "id": 1,
        "created_at": "2026-11-02T10:00:00Z",
        "currency": "EUR",
        "total_price": "1.00",
        "line_items": [{"id": 1, "quantity": 1, "price": "1.00"}],
        field: value,
    }
    (reading,) = ShopifyOrders().read(json.dumps(order).encode())
    assert reading.error is not None
    assert reading.error.errors[0].pointer == pointer


@pytest.mark.parametrize("quantity", [0, -1, 1.5, True, "many"])
def test_a_quantity_is_a_whole_positive_number(quantity):
    order = {
        "id": 1,
        "created_at": "2026-11-02T10:00:00Z",
        "currency": "EUR",
        "total_price": "1.00",
        "line_items": [{"id": 1, "quantity": quantity, "price": "1.00"}],
    }
    (reading,) = ShopifyOrders().read(json.dumps(order).encode())
    assert reading.error is not None
    assert reading.error.errors[0].pointer == "/line_items/0/quantity"
