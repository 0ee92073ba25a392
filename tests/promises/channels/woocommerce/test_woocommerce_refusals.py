"""What WooCommerce sends that is no order to carry out is refused with the reason a person would give."""

import json

import pytest

from activities.adapters.channel_formats import channel_formats
from activities.adapters.woocommerce.orders import WooCommerceOrders
from models.errors import InvalidInput, Noted
from models.settings import Settings


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"id": 1, "amount": "9.00", "refunded_by": 1, "line_items": []}, "WooCommerce refund, not an order"),
        ({"id": 1, "topic": "order.updated", "delivery_url": "x"}, "WooCommerce webhook, not an order"),
        ({"id": 1, "code": "ten", "discount_type": "percent"}, "WooCommerce coupon, not an order"),
        ({"id": 1, "regular_price": "9"}, "WooCommerce product, not an order"),
        ({"id": 1, "is_paying_customer": True}, "WooCommerce customer, not an order"),
        ({"status": "active", "billing_period": "month", "line_items": []}, "WooCommerce subscription, not an order"),
        (
            {"code": "rest_forbidden", "message": "no", "data": {"status": 401}},
            "WooCommerce error message, not an order",
        ),
        ({"data": [{"tracking_number": "1"}]}, "WooCommerce shipment tracking, not an order"),
        ({"id": 5}, "notice that an order was deleted"),
        ({"hello": "world"}, "it has none of an order's fields"),
        ({"data": []}, "the list holds no orders"),
        ([], "the list holds no orders"),
        ("order", "bare value"),
    ],
)
def test_what_is_no_order_is_called_by_its_name(payload, reason):
    with pytest.raises(InvalidInput, match=reason):
        WooCommerceOrders().read(json.dumps(payload).encode())


def test_the_ping_of_a_new_webhook_is_called_by_its_name():
    with pytest.raises(InvalidInput, match="WooCommerce webhook test"):
        WooCommerceOrders().read(b"webhook_id=12")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("pending", "not paid yet"),
        ("failed", "its payment failed"),
        ("checkout-draft", "an unfinished checkout"),
        ("auto-draft", "a draft"),
    ],
)
def test_an_order_that_is_not_placed_yet_is_noted_with_the_reason(status, reason):
    # A draft lacks nearly everything; the reason is its status all the same.
    body = json.dumps({"id": 1, "status": status, "currency": "EUR", "line_items": []}).encode()
    (reading,) = WooCommerceOrders().read(body)
    assert isinstance(reading.error, Noted)
    assert reading.error.external_id == "1"
    assert reading.error.errors[0].pointer == "/status"
    assert reason in reading.error.errors[0].message


@pytest.mark.parametrize(
    ("status", "reason"),
    [("wc-trash", "in the shop's trash"), ("shipped-by-plugin", "no status of WooCommerce itself")],
)
def test_an_order_that_a_person_has_to_judge_is_refused_with_the_reason(status, reason):
    body = json.dumps({"id": 1, "status": status, "currency": "EUR", "line_items": []}).encode()
    (reading,) = WooCommerceOrders().read(body)
    assert not isinstance(reading.error, Noted)
    assert reading.error.errors[0].pointer == "/status"
    assert reason in reading.error.errors[0].message


@pytest.mark.parametrize("quantity", [0, -1, 1.5, True])
def test_a_quantity_is_a_whole_positive_number(quantity):
    order = {
        "id": 1,
        "status": "processing",
        "currency": "EUR",
        "total": "1.00",
        "line_items": [{"id": 1, "quantity": quantity, "total": "1.00"}],
    }
    (reading,) = WooCommerceOrders().read(json.dumps(order).encode())
    assert reading.error is not None
    assert reading.error.errors[0].pointer == "/line_items/0/quantity"


@pytest.mark.parametrize("channel", ["woocommerce", "hats"])
def test_a_status_of_a_plugins_own_is_an_order_where_the_shops_options_say_so(order, channel):
    statuses = ["processing", "wc-awaiting-shipment", "pending"]
    shop = {"kind": "woocommerce", "url": "https://hats.example/wp-json", "options": {"statuses": statuses}}
    layout = channel_formats(Settings.model_validate({"shops": {channel: shop}}))[channel]

    def read(status):
        (reading,) = layout.read(json.dumps(order(status=status)).encode())
        return reading

    assert read("awaiting-shipment").document.lines[0].open_quantity == 2
    for status in ("pending", "picked"):
        assert read(status).error.errors[0].pointer == "/status"
    (other,) = WooCommerceOrders().read(json.dumps(order(status="awaiting-shipment")).encode())
    assert other.error is not None
