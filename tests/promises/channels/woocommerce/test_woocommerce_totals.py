"""What a WooCommerce order means to us: how its amounts come to its total."""

from __future__ import annotations

import json

from activities.adapters.woocommerce.orders import WooCommerceOrders
from models.order.pricing import ChargeKind


def test_a_total_that_disagrees_is_refused_and_says_with_what(refusal):
    error = refusal(total="31.20", fee_lines=[{"id": 5, "name": "Fee", "total": "5.00", "total_tax": "0.00"}])
    assert error.pointer == "/total"
    assert "31.20 EUR" in error.message
    assert "line items come to 20.00 EUR" in error.message
    assert "fees to 5.00 EUR" in error.message


def test_one_cent_a_part_is_a_rounding_and_more_is_not(read, refusal, line):
    lines = [line(1), line(2)]
    assert [each.kind for each in read(line_items=lines, total="40.02").charges] == [ChargeKind.ROUNDING]
    assert refusal(line_items=lines, total="40.03").pointer == "/total"


def test_pointers_go_through_the_envelope_that_was_sent(order):
    (reading,) = WooCommerceOrders().read(json.dumps({"data": order(total="9.00")}).encode())
    assert reading.error is not None
    assert reading.error.errors[0].pointer == "/data/total"


def test_amounts_are_net_and_taxes_come_on_top(read, line):
    taxed = line(
        total_tax="3.80", subtotal_tax="3.80", taxes=[{"id": 7, "total": "2.805"}, {"id": 8, "total": "0.995"}]
    )
    rates = [{"rate_id": 7, "label": "State", "rate_percent": 14}, {"rate_id": 8, "label": "City", "rate_percent": 5}]
    document = read(line_items=[taxed], tax_lines=rates, total="23.80")
    assert not document.taxes_included
    assert [(each.name, each.amount.amount) for each in document.lines[0].taxes] == [("State", 280), ("City", 100)]
    assert str(document.lines[0].taxes[0].rate) == "0.14"


def test_prices_that_include_tax_read_as_the_customer_saw_them(read, line):
    item = line(subtotal="16.806723", subtotal_tax="3.193277", total="16.806723", total_tax="3.193277")
    document = read(line_items=[item], prices_include_tax=True)
    assert document.taxes_included
    assert (document.lines[0].subtotal.amount, document.lines[0].tax_total().amount) == (2000, 319)


def test_a_coupon_is_a_discount_by_its_code(read, line):
    document = read(line_items=[line(total="15.00")], coupon_lines=[{"code": "autumn"}], total="15.00")
    assert [(each.name, each.amount.amount) for each in document.lines[0].discounts] == [("autumn", 500)]


def test_a_price_raised_by_hand_is_the_price(read, line):
    document = read(line_items=[line(total="25.00")], total="25.00")
    assert (document.lines[0].subtotal.amount, document.lines[0].discounts) == (2500, ())


def test_fees_are_charges_and_a_negative_one_reduces(read):
    fees = [
        {"id": 5, "name": "Gift wrapping", "total": "3.00", "total_tax": "0.60", "taxes": []},
        {"id": 6, "name": "Loyalty", "total": "-2.00", "total_tax": "-0.40", "taxes": []},
    ]
    document = read(fee_lines=fees, total="21.20")
    assert [(each.kind, each.total.amount) for each in document.charges] == [
        (ChargeKind.GIFT_WRAP, 360),
        (ChargeKind.OTHER, -240),
    ]


def test_a_negative_line_is_refused(refusal, line):
    assert refusal(line_items=[line(total="-1.00")]).pointer == "/line_items/0/total"


def test_blank_taxes_are_none(read, line):
    document = read(line_items=[line(taxes=[{"id": 1, "total": "", "subtotal": ""}], total_tax="")])
    assert document.lines[0].taxes == ()


def test_yen_and_dinars_keep_their_decimals(read, refusal, line):
    assert read(currency="JPY", line_items=[line(total="1999.6")], total="2000").total.amount == 2000
    assert read(currency="KWD", line_items=[line(total="1.255")], total="1.255").total.amount == 1255
    assert refusal(currency="JPY", total="20.5").pointer == "/total"


def test_the_books_currency_is_kept_where_the_shop_notes_its_rate(read, note):
    notes = [
        note("_wcpay_multi_currency_order_exchange_rate", "0.8"),
        note("_wcpay_multi_currency_order_default_currency", "USD"),
    ]
    assert str(read(meta_data=notes).base_total) == "25.00 USD"
