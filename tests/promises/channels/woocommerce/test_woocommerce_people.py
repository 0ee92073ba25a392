"""What a WooCommerce order means to us: who buys, and how it gets there."""

from __future__ import annotations

import pytest

from models.order.document import ChannelRisk, Delivery, ServiceLevel
from models.order.parties import CustomerKind


def test_customer_zero_is_a_guest(read):
    assert read(customer_id=0).customer.id is None
    assert read().customer.id == "26"


def test_bad_contacts_are_left_out(read, home):
    customer = read(billing={**home, "email": "nobody", "phone": "call me", "company": "Mill Ltd"}).customer
    assert (customer.email, customer.phone, customer.kind) == (None, None, CustomerKind.COMPANY)


def test_a_blank_delivery_address_means_the_billing_address(read):
    address = read(shipping={"address_1": "", "city": "", "country": ""}).shipping_address
    assert address is not None
    assert address.city == "York"


def test_an_order_without_any_address_has_none(read):
    assert read(billing={"country": ""}, shipping=[]).shipping_address is None


def test_a_delivery_address_without_a_country_is_refused(refusal, home):
    assert refusal(shipping={**home, "country": "Narnia"}).pointer == "/shipping"


@pytest.mark.parametrize(
    ("method", "title", "level", "delivery"),
    [
        ("flat_rate:8", "Express delivery", ServiceLevel.EXPEDITED, Delivery.SHIP),
        ("flat_rate", "Flat rate", ServiceLevel.STANDARD, Delivery.SHIP),
        ("local_pickup", "Collect in Leeds", ServiceLevel.STANDARD, Delivery.PICK_UP),
    ],
)
def test_the_way_of_shipping_tells_how(read, method, title, level, delivery):
    ways = [{"id": 9, "method_id": method, "method_title": title, "total": "0.00", "total_tax": "0.00"}]
    fulfilment = read(shipping_lines=ways).fulfilment
    assert (fulfilment.service_level, fulfilment.delivery) == (level, delivery)


def test_the_shops_own_time_is_second_choice(read, refusal):
    assert read(date_created_gmt=None, date_created="2026-11-02T11:00:00").placed_at.hour == 11
    assert refusal(date_created_gmt=None).pointer == "/date_created_gmt"


def test_fraud_outcome_and_test_mode_are_heeded(read, note):
    assert read(meta_data=[note("_wcpay_fraud_outcome_status", "review")]).channel_risk is ChannelRisk.REVIEW
    assert read(meta_data=[note("_wcpay_mode", "test")]).test
    assert not read(meta_data=[note("_wcpay_mode", "prod")]).test
