"""What a real Vendure shop says of an order is what we read: goods, prices, taxes, people and who takes the money."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from activities.adapters.vendure.orders import VendureOrders
from activities.adapters.vendure.payload import NEVER_TAKEN
from models.money import Money
from models.order.document import ServiceLevel
from models.order.parties import CustomerKind
from models.order.payment_terms import PaymentTerms
from models.order.pricing import ChargeKind
from tests.promises.channels.vendure.recorded import NAMES, read, recorded


def eur(amount):
    return Money(amount=amount, currency="EUR")


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_order_comes_to_what_the_customer_agreed_to_pay(name):
    said = recorded(name)["data"]["order"]
    agreed = Decimal(sum(payment["amount"] for payment in said["payments"])) / 100

    order = read(recorded(name))

    given_up = {"cancelled-whole": Decimal("4.90")}.get(name, Decimal(0))
    assert order.external_id == said["code"]
    assert order.total == Money.rounded(agreed - given_up, said["currencyCode"])


def test_a_card_token_of_the_shop_is_ours_to_authorise():
    payment = read(recorded("card-token-two-articles")).payment

    assert payment.terms is PaymentTerms.CAPTURE_ON_SHIPMENT
    (tender,) = payment.tenders
    assert (tender.token, tender.captured, tender.amount) == ("tok_visa", False, eur(5070))


def test_what_the_shop_has_taken_is_prepaid():
    payment = read(recorded("prepaid")).payment

    assert payment.terms is PaymentTerms.PREPAID
    assert [(tender.captured, tender.amount) for tender in payment.tenders] == [(True, eur(35977))]


def test_an_order_may_be_paid_in_two_ways():
    payment = read(recorded("gift-wrapping-added-and-paid-by-transfer")).payment

    assert payment.terms is PaymentTerms.CAPTURE_ON_SHIPMENT
    assert [(tender.token, tender.captured, tender.amount) for tender in payment.tenders] == [
        ("tok_visa", False, eur(2480)),
        ("T-1", True, eur(250)),
    ]


def test_a_surcharge_is_a_charge_with_its_own_tax():
    (charge,) = read(recorded("gift-wrapping-added-and-paid-by-transfer")).charges

    assert (charge.kind, charge.name, charge.total) == (ChargeKind.GIFT_WRAP, "Gift wrapping", eur(250))
    assert charge.tax_total() == eur(40)


def test_a_reduction_of_the_whole_order_is_shared_among_its_lines():
    order = read(recorded("coupon-over-the-whole-order"))

    assert [(line.subtotal, line.discount_total(), line.total) for line in order.lines] == [
        (eur(8084), eur(979), eur(7105)),
        (eur(7612), eur(921), eur(6691)),
    ]
    assert {discount.name for line in order.lines for discount in line.discounts} == {"10 per cent off"}


def test_a_shop_whose_prices_are_without_tax_has_it_added():
    order = read(recorded("prices-without-tax"))

    assert not order.taxes_included
    assert [(line.subtotal, line.discount_total(), line.tax_total(), line.total) for line in order.lines] == [
        (eur(23850), eur(2385), eur(4508), eur(25973)),
        (eur(2495), eur(249), eur(472), eur(2718)),
    ]


def test_a_tax_keeps_its_name_and_rate():
    (tax,) = read(recorded("prices-without-tax")).lines[0].taxes

    assert (tax.name, str(tax.rate)) == ("VAT NL", "0.21")


def test_hundredths_of_a_yen_are_rounded_to_yen():
    order = read(recorded("yen-with-hundredths"))

    assert order.total == Money(amount=28497, currency="JPY")
    assert order.payment.tenders[0].amount == order.total


def test_a_shop_may_keep_thousandths():
    payload = recorded("card-token-two-articles")
    payload["data"]["globalSettings"]["serverConfig"]["moneyStrategyPrecision"] = 3
    payload["data"]["order"]["currencyCode"] = "KWD"

    assert read(payload).total == Money(amount=5070, currency="KWD")


def test_names_and_places_in_every_script_are_kept():
    japanese, arabic = read(recorded("yen-with-hundredths")), read(recorded("right-to-left-company-without-tax"))

    assert japanese.shipping_address is not None
    assert (japanese.shipping_address.name, japanese.shipping_address.city) == ("裕子 山田 🌸", "千代田区")
    assert (arabic.customer.name, arabic.customer.kind) == ("نور الحسن", CustomerKind.COMPANY)
    assert arabic.shipping_address is not None
    assert arabic.shipping_address.company == "Café Ḥalab"


def test_an_express_way_is_expedited():
    assert read(recorded("express")).fulfilment.service_level is ServiceLevel.EXPEDITED
    assert read(recorded("prepaid")).fulfilment.service_level is ServiceLevel.STANDARD


def test_what_was_cancelled_since_is_counted_and_still_priced():
    order = read(recorded("partly-cancelled-and-refunded"))

    assert [(line.sku, line.quantity, line.cancelled) for line in order.lines] == [("TEE-S", 3, 1), ("MUG-RED", 2, 0)]
    assert order.total == eur(8140)
    assert order.payment.refunded == eur(2167)
    assert order.cancelled_at is None


def test_an_order_that_was_cancelled_whole_says_so():
    order = read(recorded("cancelled-whole"))

    assert order.cancelled_at == datetime.fromisoformat(recorded("cancelled-whole")["data"]["order"]["updatedAt"])
    assert order.cancelled_at.tzinfo == UTC
    assert [(line.quantity, line.cancelled) for line in order.lines] == [(1, 1)]


def test_what_the_shop_has_sent_itself_is_not_sent_again():
    (line,) = read(recorded("partly-sent-by-the-shop")).lines

    assert (line.quantity, line.open_quantity, line.shipped) == (4, 1, 3)


def test_what_was_sent_and_cancelled_is_no_longer_sent():
    payload = recorded("partly-sent-by-the-shop")
    payload["data"]["order"]["lines"][0]["quantity"] = 2

    (line,) = read(payload).lines

    assert (line.quantity, line.open_quantity, line.shipped) == (4, 0, 2)


def test_what_we_noted_as_never_taken_is_no_refund():
    payload = recorded("partly-cancelled-and-refunded")
    payload["data"]["order"]["payments"][0]["refunds"] += [
        {"id": "90", "total": 500, "state": "Settled", "reason": f"{NEVER_TAKEN}sold out (ref 0123456789abcdef)"},
        {"id": "91", "total": 500, "state": "Failed", "reason": "broken"},
    ]

    assert read(payload).payment.refunded == eur(2167)


def test_a_shop_is_read_under_the_name_it_is_connected_by():
    assert read(recorded("prepaid"), channel="garden_shop").channel == "garden_shop"


def test_a_list_of_orders_is_read_one_by_one():
    orders = [recorded(name)["data"]["order"] for name in NAMES[:3]]

    for payload in (orders, {"data": {"orders": {"items": orders}}}):
        found = [reading.document for reading in VendureOrders().read(json.dumps(payload).encode())]
        assert [order.external_id for order in found if order] == [order["code"] for order in orders]
