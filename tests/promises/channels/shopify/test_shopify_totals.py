"""What a Shopify order means to us: how its amounts come to its total."""

from __future__ import annotations

import json

from activities.adapters.shopify.orders import ShopifyOrders
from models.order.document import ServiceLevel
from models.order.pricing import ChargeKind


def test_a_changed_total_is_refused_with_a_pointer_to_it(refusal):
    error = refusal(total_price="20.01")
    assert error.pointer == "/total_price"
    assert "20.01 EUR" in error.message
    assert "20.00 EUR" in error.message


def test_pointers_go_through_the_envelope_that_was_sent(order):
    (reading,) = ShopifyOrders().read(json.dumps({"order": order(total_price="99.00")}).encode())
    assert reading.error is not None
    assert reading.error.errors[0].pointer == "/order/total_price"
    assert json.loads(reading.payload)["order"]["total_price"] == "99.00"


def test_of_several_orders_each_has_its_own_outcome(order):
    bad = order(id=5002, total_price="1.00")
    first, second = ShopifyOrders().read(json.dumps({"orders": [order(), bad]}).encode())
    assert first.document is not None
    assert second.error is not None
    assert json.loads(second.payload)["id"] == 5002


def test_tax_is_added_where_prices_exclude_it_and_not_where_they_include_it(read, line):
    taxed = [line(tax_lines=[{"title": "VAT", "rate": 0.2, "price": "4.00"}])]
    assert read(line_items=taxed, total_price="24.00").total.amount == 2400
    included = read(line_items=taxed, total_price="20.00", taxes_included=True)
    assert included.total.amount == 2000
    assert included.lines[0].tax_total().amount == 400


def test_discounts_on_lines_and_shipping_keep_their_promotion(read, line):
    document = read(
        discount_applications=[
            {"type": "discount_code", "code": "TENOFF"},
            {"type": "automatic", "title": "Free ship"},
        ],
        line_items=[line(discount_allocations=[{"amount": "2.50", "discount_application_index": 0}])],
        shipping_lines=[
            {
                "title": "Parcel",
                "price": "5.00",
                "discount_allocations": [{"amount": "5.00", "discount_application_index": 1}],
            }
        ],
        total_price="17.50",
    )
    assert document.lines[0].discounts[0].name == "TENOFF"
    assert document.shipping[0].discounts[0].name == "Free ship"
    assert document.shipping[0].total.amount == 0


def test_a_line_discount_of_the_older_field_counts(read, line):
    assert read(line_items=[line(total_discount="5.00")], total_price="15.00").lines[0].total.amount == 1500


def test_a_discount_on_the_order_alone_is_shared_out_to_the_cent(read, line):
    document = read(
        line_items=[line(1), line(2), line(3, quantity=1, current_quantity=1, fulfillable_quantity=1)],
        discount_codes=[{"code": "TEN"}],
        total_discounts="10.01",
        total_price="39.99",
    )
    assert [each.discount_total().amount for each in document.lines] == [401, 400, 200]


def test_a_tax_on_the_order_alone_is_shared_out_over_taxable_lines(read, line):
    document = read(
        line_items=[line(1), line(2, taxable=False), line(3)],
        tax_lines=[{"title": "State tax", "rate": 0.06, "price": "2.41"}],
        total_tax="2.41",
        total_price="62.41",
    )
    assert [each.tax_total().amount for each in document.lines] == [121, 0, 120]


def test_a_cent_that_the_total_tax_explains_becomes_a_rounding(read, line):
    document = read(
        line_items=[line(tax_lines=[{"title": "VAT", "price": "3.99"}])], total_tax="4.00", total_price="24.00"
    )
    assert [(each.kind, each.total.amount) for each in document.charges] == [(ChargeKind.ROUNDING, 1)]


def test_tips_duties_and_fees_are_charges(read, line, both):
    document = read(
        line_items=[
            line(duties=[{"id": "1", **both("3.00", "2.60"), "tax_lines": [{"title": "GST", "price": "0.30"}]}]),
            line(
                2,
                title="Tip",
                sku=None,
                product_id=None,
                quantity=1,
                price="4.00",
                tip_payment_gateway="shopify_payments",
            ),
        ],
        original_total_additional_fees_set=both("1.50", "1.30"),
        total_price="28.80",
    )
    assert {each.kind: each.total.amount for each in document.charges} == {
        ChargeKind.DUTY: 330,
        ChargeKind.SURCHARGE: 150,
        ChargeKind.TIP: 400,
    }
    assert len(document.lines) == 1


def test_a_tip_that_is_no_line_is_a_charge_too(read):
    assert read(total_tip_received="3.00", total_price="23.00").charges[0].kind is ChargeKind.TIP


def test_a_removed_way_of_shipping_costs_nothing(read):
    removed = {"title": "Express", "price": "9.00", "is_removed": True}
    document = read(shipping_lines=[removed, {"title": "Parcel", "price": "4.00"}], total_price="24.00")
    assert [each.name for each in document.shipping] == ["Parcel"]
    assert document.fulfilment.service_level is ServiceLevel.STANDARD


def test_yen_have_no_decimals_and_dinars_have_three(read, line):
    assert read(currency="JPY", line_items=[line(price="1000")], total_price="2000.00").total.amount == 2000
    assert read(currency="BHD", line_items=[line(price="1.255")], total_price="2.510").total.amount == 2510


def test_a_fraction_of_a_minor_unit_is_refused(refusal, line):
    assert refusal(currency="JPY", line_items=[line(price="10.5", quantity=1)], total_price="10").pointer == (
        "/line_items/0/price"
    )
