"""What a Shopify order means to us: who buys, and how it gets there."""

from __future__ import annotations

import pytest

from models.order.document import ChannelRisk, Delivery, ServiceLevel
from models.order.parties import CustomerKind


def test_a_guest_has_no_number_and_bad_contacts_are_left_out(read):
    customer = read(customer=None, email="not an address", phone="call me").customer
    assert (customer.id, customer.email, customer.phone) == (None, None, None)


def test_a_company_buys_where_the_billing_address_names_one(read):
    billing = {"company": "Hofer GmbH", "first_name": "Flo", "last_name": "Hofer", "country_code": "AT"}
    assert read(billing_address=billing).customer.kind is CustomerKind.COMPANY


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"country_code": None, "country": "United States"}, "US"),
        ({"country_code": None, "country": "Germany"}, "DE"),
        ({"country_code": "UK"}, "GB"),
        ({"country_code": "jp"}, "JP"),
    ],
)
def test_a_country_is_known_by_code_or_name(read, given, code):
    address = read(shipping_address={"city": "Somewhere", **given}).shipping_address
    assert address is not None
    assert address.country == code


def test_a_delivery_address_without_a_country_is_refused(refusal):
    assert refusal(shipping_address={"address1": "1 Mill Lane", "city": "York"}).pointer == "/shipping_address"


def test_an_empty_address_is_none(read):
    assert read(shipping_address={"address1": "", "country": None}).shipping_address is None


def test_control_characters_in_a_name_are_dropped(read):
    address = read(
        shipping_address={"name": "Ada\u0000 \u202eByron\n", "city": "York", "country_code": "GB"}
    ).shipping_address
    assert address is not None
    assert address.name == "Ada Byron"


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("DHL Express", ServiceLevel.EXPEDITED),
        ("Next-Day Air", ServiceLevel.EXPEDITED),
        ("FEDEX_OVERNIGHT", ServiceLevel.EXPEDITED),
        ("翌日配達", ServiceLevel.EXPEDITED),
        ("Non-express parcel", ServiceLevel.STANDARD),
        ("Free Shipping", ServiceLevel.STANDARD),
    ],
)
def test_the_way_of_shipping_tells_how_fast(read, title, level):
    assert read(shipping_lines=[{"title": title, "price": "0.00"}]).fulfilment.service_level is level


def test_a_customer_who_fetches_it_is_told_by_the_way(read):
    assert read(shipping_lines=[{"title": "Store pickup", "price": "0"}]).fulfilment.delivery is Delivery.PICK_UP


def test_risks_and_tags_are_heeded_and_test_orders_marked(read):
    assert read(risks=[{"recommendation": "cancel"}]).channel_risk is ChannelRisk.HIGH
    assert read(risks=[{"recommendation": "investigate"}]).channel_risk is ChannelRisk.REVIEW
    assert read(tags="vip, High Risk").channel_risk is ChannelRisk.HIGH
    assert read(test=True).test


def test_it_was_placed_when_shopify_says_it_was_processed(read):
    assert read(processed_at="2026-10-01T00:00:00Z").placed_at.isoformat() == "2026-10-01T00:00:00+00:00"
