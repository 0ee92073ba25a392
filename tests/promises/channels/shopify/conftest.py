"""A plain Shopify order to change one thing of, and what reading it comes to."""

from __future__ import annotations

import json

import pytest

from activities.adapters.shopify.orders import ShopifyOrders


def _line(number=1, **changes):
    return {
        "id": number,
        "variant_id": 900 + number,
        "product_id": 800 + number,
        "sku": "MUG-BLUE",
        "title": "Mug",
        "quantity": 2,
        "price": "10.00",
        "requires_shipping": True,
        "gift_card": False,
        "current_quantity": 2,
        "fulfillable_quantity": 2,
        "tax_lines": [],
        "discount_allocations": [],
        **changes,
    }


def _order(**changes):
    """An order of two mugs for 20.00 EUR, paid by card."""
    return {
        "id": 5001,
        "name": "#1001",
        "created_at": "2026-11-02T10:00:00+01:00",
        "currency": "EUR",
        "taxes_included": False,
        "financial_status": "paid",
        "fulfillment_status": None,
        "total_price": "20.00",
        "payment_gateway_names": ["shopify_payments"],
        "customer": {"id": 77, "first_name": "Ada", "last_name": "Byron", "email": "ada@example.com"},
        "shipping_address": {"name": "Ada Byron", "address1": "1 Mill Lane", "city": "York", "country_code": "GB"},
        "line_items": [_line()],
        "shipping_lines": [],
        **changes,
    }


def _read(**changes):
    (reading,) = ShopifyOrders().read(json.dumps(_order(**changes)).encode())
    assert reading.error is None, reading.error
    assert reading.document is not None
    return reading.document


def _refusal(**changes):
    (reading,) = ShopifyOrders().read(json.dumps(_order(**changes)).encode())
    assert reading.error is not None
    return reading.error.errors[0]


def _both(shop, shown):
    return {
        "shop_money": {"amount": shop, "currency_code": "EUR"},
        "presentment_money": {"amount": shown, "currency_code": "GBP"},
    }


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
def both():
    return _both
