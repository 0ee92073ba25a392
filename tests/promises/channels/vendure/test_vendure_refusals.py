"""What is no order of Vendure's is refused by its name, and what cannot be read by the field."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.adapters.vendure.orders import VendureOrders
from models.errors import InvalidInput
from tests.promises.channels.vendure.recorded import NAMES, read, recorded, wrong


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"errors": [{"message": "no"}], "data": None}, "Vendure error message, not an order"),
        ({"data": {"order": {"id": "1", "trackingCode": "X", "lines": []}}}, "Vendure fulfilment, not an order"),
        ({"id": "1", "method": "card", "amount": 1, "state": "Settled"}, "Vendure payment, not an order"),
        ({"id": "1", "paymentId": "2", "total": 1}, "Vendure refund, not an order"),
        ({"id": "1", "emailAddress": "a@example.com"}, "Vendure customer, not an order"),
        ({"hello": "world"}, "it has none of an order's fields"),
        ({"data": {"orders": {"items": []}}}, "the list holds no orders"),
        ([], "the list holds no orders"),
        ("order", "bare value"),
    ],
)
def test_what_is_no_order_is_called_by_its_name(payload, reason):
    with pytest.raises(InvalidInput, match=reason):
        VendureOrders().read(json.dumps(payload).encode())


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"code": "A/B"}, "/data/order/code"),
        ({"currencyCode": "EURO"}, "/data/order/currencyCode"),
        ({"orderPlacedAt": None}, "/data/order/orderPlacedAt"),
        ({"totalWithTax": True}, "/data/order/totalWithTax"),
        ({"totalWithTax": 99}, "/data/order/totalWithTax"),
        ({"lines": []}, "/data/order/lines"),
        ({"shippingAddress": {"city": "Nowhere", "countryCode": "ZZ"}}, "/data/order/shippingAddress"),
    ],
)
def test_what_cannot_be_read_is_pointed_at(change, pointer):
    payload = recorded("card-token-two-articles")
    payload["data"]["order"] |= change

    assert wrong(payload)[0] == pointer


@pytest.mark.parametrize("precision", [-1, 7, "2", 2.0, True])
def test_a_precision_that_money_cannot_have_is_refused(precision):
    payload = recorded("prepaid")
    payload["data"]["globalSettings"]["serverConfig"]["moneyStrategyPrecision"] = precision

    with pytest.raises(InvalidInput, match="no number of decimals"):
        VendureOrders().read(json.dumps(payload).encode())


def test_without_the_shops_settings_it_keeps_hundredths():
    bare = recorded("prepaid")["data"]["order"]

    assert read(bare).total == read(recorded("prepaid")).total


@given(
    name=st.sampled_from(NAMES), field=st.integers(0, 400), value=st.sampled_from([None, "", -1, [], {}, "x", 1e300])
)
def test_whatever_a_field_holds_an_order_is_read_or_refused(name, field, value):
    payload = recorded(name)
    places = list(_places(payload["data"]["order"]))
    holder, key = places[field % len(places)]
    holder[key] = value

    try:
        readings = VendureOrders().read(json.dumps(payload).encode())
    except InvalidInput:
        return
    assert all((reading.document is None) != (reading.error is None) for reading in readings)


def _places(value):
    """Every field of a document, as the object that holds it and the key."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(entries):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)
