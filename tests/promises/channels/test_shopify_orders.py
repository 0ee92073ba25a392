"""What a Shopify order means to us: money, quantities, payment and people, each awkward thing by itself."""

from __future__ import annotations

import json

import pytest

from activities.adapters.shopify.orders import ShopifyOrders
from models.order.document import ChannelRisk, Delivery, ServiceLevel
from models.order.parties import CustomerKind
from models.order.payment_terms import PaymentTerms, TenderKind
from models.order.pricing import ChargeKind


def line(number=1, **changes):
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


def order(**changes):
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
        "line_items": [line()],
        "shipping_lines": [],
        **changes,
    }


def read(**changes):
    (reading,) = ShopifyOrders().read(json.dumps(order(**changes)).encode())
    assert reading.error is None, reading.error
    assert reading.document is not None
    return reading.document


def refusal(**changes):
    (reading,) = ShopifyOrders().read(json.dumps(order(**changes)).encode())
    assert reading.error is not None
    return reading.error.errors[0]


def both(shop, shown):
    return {
        "shop_money": {"amount": shop, "currency_code": "EUR"},
        "presentment_money": {"amount": shown, "currency_code": "GBP"},
    }


# --- totals ---


def test_a_changed_total_is_refused_with_a_pointer_to_it():
    error = refusal(total_price="20.01")
    assert error.pointer == "/total_price"
    assert "20.01 EUR" in error.message
    assert "20.00 EUR" in error.message


def test_pointers_go_through_the_envelope_that_was_sent():
    (reading,) = ShopifyOrders().read(json.dumps({"order": order(total_price="99.00")}).encode())
    assert reading.error is not None
    assert reading.error.errors[0].pointer == "/order/total_price"
    assert json.loads(reading.payload)["order"]["total_price"] == "99.00"


def test_of_several_orders_each_has_its_own_outcome():
    bad = order(id=5002, total_price="1.00")
    first, second = ShopifyOrders().read(json.dumps({"orders": [order(), bad]}).encode())
    assert first.document is not None
    assert second.error is not None
    assert json.loads(second.payload)["id"] == 5002


def test_tax_is_added_where_prices_exclude_it_and_not_where_they_include_it():
    taxed = [line(tax_lines=[{"title": "VAT", "rate": 0.2, "price": "4.00"}])]
    assert read(line_items=taxed, total_price="24.00").total.amount == 2400
    included = read(line_items=taxed, total_price="20.00", taxes_included=True)
    assert included.total.amount == 2000
    assert included.lines[0].tax_total().amount == 400


def test_discounts_on_lines_and_shipping_keep_their_promotion():
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


def test_a_line_discount_of_the_older_field_counts():
    assert read(line_items=[line(total_discount="5.00")], total_price="15.00").lines[0].total.amount == 1500


def test_a_discount_on_the_order_alone_is_shared_out_to_the_cent():
    document = read(
        line_items=[line(1), line(2), line(3, quantity=1, current_quantity=1, fulfillable_quantity=1)],
        discount_codes=[{"code": "TEN"}],
        total_discounts="10.01",
        total_price="39.99",
    )
    assert [each.discount_total().amount for each in document.lines] == [401, 400, 200]


def test_a_tax_on_the_order_alone_is_shared_out_over_taxable_lines():
    document = read(
        line_items=[line(1), line(2, taxable=False), line(3)],
        tax_lines=[{"title": "State tax", "rate": 0.06, "price": "2.41"}],
        total_tax="2.41",
        total_price="62.41",
    )
    assert [each.tax_total().amount for each in document.lines] == [121, 0, 120]


def test_a_cent_that_the_total_tax_explains_becomes_a_rounding():
    document = read(
        line_items=[line(tax_lines=[{"title": "VAT", "price": "3.99"}])], total_tax="4.00", total_price="24.00"
    )
    assert [(each.kind, each.total.amount) for each in document.charges] == [(ChargeKind.ROUNDING, 1)]


def test_tips_duties_and_fees_are_charges():
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


def test_a_tip_that_is_no_line_is_a_charge_too():
    assert read(total_tip_received="3.00", total_price="23.00").charges[0].kind is ChargeKind.TIP


def test_a_removed_way_of_shipping_costs_nothing():
    removed = {"title": "Express", "price": "9.00", "is_removed": True}
    document = read(shipping_lines=[removed, {"title": "Parcel", "price": "4.00"}], total_price="24.00")
    assert [each.name for each in document.shipping] == ["Parcel"]
    assert document.fulfilment.service_level is ServiceLevel.STANDARD


def test_yen_have_no_decimals_and_dinars_have_three():
    assert read(currency="JPY", line_items=[line(price="1000")], total_price="2000.00").total.amount == 2000
    assert read(currency="BHD", line_items=[line(price="1.255")], total_price="2.510").total.amount == 2510


def test_a_fraction_of_a_minor_unit_is_refused():
    assert refusal(currency="JPY", line_items=[line(price="10.5", quantity=1)], total_price="10").pointer == (
        "/line_items/0/price"
    )


# --- two currencies ---


def test_the_customers_currency_counts_and_the_books_are_kept():
    document = read(
        presentment_currency="GBP",
        line_items=[line(price_set=both("10.00", "8.40"))],
        total_price_set=both("20.00", "16.80"),
    )
    assert str(document.total) == "16.80 GBP"
    assert str(document.base_total) == "20.00 EUR"


def test_an_amount_given_in_the_shops_currency_alone_brings_all_back_to_it():
    document = read(presentment_currency="GBP", total_price_set=both("20.00", "16.80"))
    assert str(document.total) == "20.00 EUR"
    assert document.base_total is None


def test_a_refund_in_the_shops_currency_is_turned_into_the_customers():
    document = read(
        presentment_currency="GBP",
        financial_status="partially_refunded",
        line_items=[line(price_set=both("10.00", "8.40"))],
        total_price_set=both("20.00", "16.80"),
        refunds=[{"transactions": [{"kind": "refund", "status": "success", "amount": "10.00", "currency": "EUR"}]}],
    )
    assert str(document.payment.refunded) == "8.40 GBP"


# --- quantities ---


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({}, 2),
        ({"current_quantity": 1, "fulfillable_quantity": 1}, 1),
        ({"current_quantity": 2, "fulfillable_quantity": 0, "fulfillment_status": "fulfilled"}, 0),
        ({"current_quantity": 0, "fulfillable_quantity": 0}, 0),
        ({"current_quantity": None, "fulfillable_quantity": None, "fulfillment_status": "fulfilled"}, 0),
    ],
)
def test_what_is_left_follows_shopifys_own_counts(changes, left):
    assert read(line_items=[line(**changes)]).lines[0].open_quantity == left


def test_without_counts_refunds_and_fulfilments_are_counted():
    document = read(
        line_items=[line(quantity=9, current_quantity=None, fulfillable_quantity=None)],
        refunds=[{"refund_line_items": [{"line_item_id": 1, "quantity": 2}]}],
        fulfillments=[
            {"status": "success", "line_items": [{"id": 1, "quantity": 5}]},
            {"status": "failure", "line_items": [{"id": 1, "quantity": 2}]},
        ],
        total_price="90.00",
    )
    assert document.lines[0].open_quantity == 4


def test_an_order_whose_money_went_back_has_nothing_left():
    document = read(financial_status="refunded")
    assert document.lines[0].open_quantity == 0
    assert document.payment.refunded == document.total


def test_a_cancelled_order_says_when():
    assert read(cancelled_at="2026-11-02T12:00:00+01:00").cancelled_at is not None


# --- articles ---


@pytest.mark.parametrize(
    ("changes", "sku"),
    [
        ({"sku": "  MUG-BLUE "}, "MUG-BLUE"),
        ({"sku": ""}, "variant-901"),
        ({"sku": None, "variant_id": None}, "product-801"),
        ({"sku": None, "variant_id": None, "product_id": None}, "line-1"),
    ],
)
def test_a_line_without_sku_gets_a_stable_stand_in(changes, sku):
    assert read(line_items=[line(**changes)]).lines[0].sku == sku


def test_a_sku_with_an_invisible_character_is_refused():
    assert refusal(line_items=[line(sku="MUG\u200bBLUE")]).pointer == "/line_items/0/sku"


def test_a_gift_card_that_is_bought_is_not_shipped():
    assert not read(line_items=[line(gift_card=True)]).lines[0].needs_shipping
    assert not read(line_items=[line(requires_shipping=False)]).lines[0].needs_shipping


def test_a_line_may_cost_nothing():
    assert read(line_items=[line(price="0.00")], total_price="0.00").payment.terms is PaymentTerms.PREPAID


def test_line_properties_become_instructions_but_not_an_apps_own():
    properties = [{"name": "Engraving", "value": "Für Oma"}, {"name": "_app", "value": "x"}, {"name": "n", "value": {}}]
    assert read(line_items=[line(properties=properties)]).fulfilment.instructions == "MUG-BLUE: Engraving: Für Oma"


def test_an_order_without_lines_is_refused():
    assert refusal(line_items=[]).code == "no_lines"


# --- payment ---


@pytest.mark.parametrize(
    ("status", "terms"),
    [
        ("paid", PaymentTerms.PREPAID),
        ("partially_refunded", PaymentTerms.PREPAID),
        ("authorized", PaymentTerms.CAPTURE_ON_SHIPMENT),
        ("pending", PaymentTerms.CAPTURE_ON_SHIPMENT),
        ("partially_paid", PaymentTerms.CAPTURE_ON_SHIPMENT),
        ("voided", PaymentTerms.CAPTURE_ON_SHIPMENT),
        (None, PaymentTerms.CAPTURE_ON_SHIPMENT),
    ],
)
def test_money_that_nobody_collected_is_never_prepaid(status, terms):
    assert read(financial_status=status).payment.terms is terms


def test_an_unknown_financial_status_is_refused():
    assert refusal(financial_status="maybe").pointer == "/financial_status"


def test_an_authorised_card_is_captured_on_its_transaction():
    transactions = [{"id": 9, "kind": "authorization", "status": "success", "authorization": "pi_9", "amount": "20.00"}]
    (tender,) = read(financial_status="authorized", transactions=transactions).payment.tenders
    assert (tender.kind, tender.token, tender.captured) == (TenderKind.CARD, "pi_9", False)


def test_a_checkout_token_stands_in_for_a_transaction():
    (tender,) = read(financial_status="authorized", checkout_token="tok_1").payment.tenders
    assert tender.token == "tok_1"


def test_a_redeemed_gift_card_is_money_the_shop_holds():
    transactions = [{"id": 3, "kind": "sale", "status": "success", "gateway": "gift_card", "amount": "5.00"}]
    document = read(
        financial_status="authorized",
        payment_gateway_names=["gift_card", "shopify_payments"],
        transactions=transactions,
    )
    gift, card = document.payment.tenders
    assert (gift.kind, gift.amount.amount, gift.captured) == (TenderKind.GIFT_CARD, 500, True)
    assert (card.kind, card.amount.amount, card.captured) == (TenderKind.CARD, 1500, False)


def test_what_is_outstanding_tells_what_a_gift_card_paid_where_no_transactions_come():
    document = read(
        financial_status="partially_paid",
        payment_gateway_names=["gift_card", "shopify_payments"],
        total_outstanding="15.00",
    )
    assert [(each.kind, each.amount.amount, each.captured) for each in document.payment.tenders] == [
        (TenderKind.GIFT_CARD, 500, True),
        (TenderKind.CARD, 1500, False),
    ]


@pytest.mark.parametrize("gateway", ["Cash on Delivery (COD)", "cash_on_delivery", "Nachnahme", "代金引換"])
def test_the_money_at_the_door_is_cash_on_delivery(gateway):
    payment = read(financial_status="pending", payment_gateway_names=[gateway]).payment
    assert payment.terms is PaymentTerms.CASH_ON_DELIVERY
    assert payment.tenders[0].kind is TenderKind.CASH


def test_net_terms_are_on_account():
    payment = read(
        financial_status="pending", payment_terms={"payment_terms_type": "NET", "due_in_days": 30}, po_number="PO-7"
    ).payment
    assert (payment.terms, payment.net_days, payment.purchase_order) == (PaymentTerms.ACCOUNT, 30, "PO-7")


# --- people and ways ---


def test_a_guest_has_no_number_and_bad_contacts_are_left_out():
    customer = read(customer=None, email="not an address", phone="call me").customer
    assert (customer.id, customer.email, customer.phone) == (None, None, None)


def test_a_company_buys_where_the_billing_address_names_one():
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
def test_a_country_is_known_by_code_or_name(given, code):
    address = read(shipping_address={"city": "Somewhere", **given}).shipping_address
    assert address is not None
    assert address.country == code


def test_a_delivery_address_without_a_country_is_refused():
    assert refusal(shipping_address={"address1": "1 Mill Lane", "city": "York"}).pointer == "/shipping_address"


def test_an_empty_address_is_none():
    assert read(shipping_address={"address1": "", "country": None}).shipping_address is None


def test_control_characters_in_a_name_are_dropped():
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
def test_the_way_of_shipping_tells_how_fast(title, level):
    assert read(shipping_lines=[{"title": title, "price": "0.00"}]).fulfilment.service_level is level


def test_a_customer_who_fetches_it_is_told_by_the_way():
    assert read(shipping_lines=[{"title": "Store pickup", "price": "0"}]).fulfilment.delivery is Delivery.PICK_UP


def test_risks_and_tags_are_heeded_and_test_orders_marked():
    assert read(risks=[{"recommendation": "cancel"}]).channel_risk is ChannelRisk.HIGH
    assert read(risks=[{"recommendation": "investigate"}]).channel_risk is ChannelRisk.REVIEW
    assert read(tags="vip, High Risk").channel_risk is ChannelRisk.HIGH
    assert read(test=True).test


def test_it_was_placed_when_shopify_says_it_was_processed():
    assert read(processed_at="2026-10-01T00:00:00Z").placed_at.isoformat() == "2026-10-01T00:00:00+00:00"
