"""A plain WooCommerce order to change one thing of, and what reading it comes to."""

from __future__ import annotations

import json

import pytest

from activities.adapters.woocommerce.orders import WooCommerceOrders

HOME = {
    "first_name": "Ada",
    "last_name": "Byron",
    "address_1": "1 Mill Lane",
    "city": "York",
    "postcode": "YO1 1AA",
    "country": "GB",
}


def _line(number=1, **changes):
    return {
        "id": number,
        "name": "Mug &ndash; Blue",
        "product_id": 800 + number,
        "variation_id": 0,
        "quantity": 2,
        "subtotal": "20.00",
        "subtotal_tax": "0.00",
        "total": "20.00",
        "total_tax": "0.00",
        "taxes": [],
        "sku": "MUG-BLUE",
        "meta_data": [],
        **changes,
    }


def _order(**changes):
    """An order of two mugs for 20.00 EUR, paid by card."""
    return {
        "id": 727,
        "number": "727",
        "status": "processing",
        "currency": "EUR",
        "date_created_gmt": "2026-11-02T10:00:00",
        "date_modified_gmt": "2026-11-03T10:00:00",
        "date_paid_gmt": "2026-11-02T10:00:01",
        "total": "20.00",
        "prices_include_tax": False,
        "customer_id": 26,
        "billing": {**HOME, "email": "ada@example.com"},
        "shipping": HOME,
        "payment_method": "stripe",
        "payment_method_title": "Credit Card (Stripe)",
        "transaction_id": "ch_1",
        "line_items": [_line()],
        **changes,
    }


def _read(**changes):
    (reading,) = WooCommerceOrders().read(json.dumps(_order(**changes)).encode())
    assert reading.error is None, reading.error
    assert reading.document is not None
    return reading.document


def _refusal(**changes):
    (reading,) = WooCommerceOrders().read(json.dumps(_order(**changes)).encode())
    assert reading.error is not None
    return reading.error.errors[0]


def _note(key, value):
    return {"id": 1, "key": key, "value": value}


@pytest.fixture
def read():
    return _read


@pytest.fixture
def refusal():
    return _refusal


@pytest.fixture
def line():
    return _line


@pytest.fixture
def order():
    return _order


@pytest.fixture
def note():
    return _note


@pytest.fixture
def home():
    return HOME
