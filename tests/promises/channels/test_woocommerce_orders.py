"""What a WooCommerce order means to us: money, quantities, payment and people, each awkward thing by itself."""

from __future__ import annotations

import json

import pytest

from activities.adapters.woocommerce.orders import WooCommerceOrders
from models.order.document import ChannelRisk, Delivery, ServiceLevel
from models.order.parties import CustomerKind
from models.order.payment_terms import PaymentTerms, TenderKind
from models.order.pricing import ChargeKind

HOME = {
    "first_name": "Ada",
    "last_name": "Byron",
    "address_1": "1 Mill Lane",
    "city": "York",
    "postcode": "YO1 1AA",
    "country": "GB",
}


def line(number=1, **changes):
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


def order(**changes):
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
        "line_items": [line()],
        **changes,
    }


def read(**changes):
    (reading,) = WooCommerceOrders().read(json.dumps(order(**changes)).encode())
    assert reading.error is None, reading.error
    assert reading.document is not None
    return reading.document


def refusal(**changes):
    (reading,) = WooCommerceOrders().read(json.dumps(order(**changes)).encode())
    assert reading.error is not None
    return reading.error.errors[0]


def note(key, value):
    return {"id": 1, "key": key, "value": value}


# --- totals ---


def test_a_total_that_disagrees_is_refused_and_says_with_what():
    error = refusal(total="31.20", fee_lines=[{"id": 5, "name": "Fee", "total": "5.00", "total_tax": "0.00"}])
    assert error.pointer == "/total"
    assert "31.20 EUR" in error.message
    assert "line items come to 20.00 EUR" in error.message
    assert "fees to 5.00 EUR" in error.message


def test_one_cent_a_part_is_a_rounding_and_more_is_not():
    lines = [line(1), line(2)]
    assert [each.kind for each in read(line_items=lines, total="40.02").charges] == [ChargeKind.ROUNDING]
    assert refusal(line_items=lines, total="40.03").pointer == "/total"


def test_pointers_go_through_the_envelope_that_was_sent():
    (reading,) = WooCommerceOrders().read(json.dumps({"data": order(total="9.00")}).encode())
    assert reading.error is not None
    assert reading.error.errors[0].pointer == "/data/total"


def test_amounts_are_net_and_taxes_come_on_top():
    taxed = line(
        total_tax="3.80", subtotal_tax="3.80", taxes=[{"id": 7, "total": "2.805"}, {"id": 8, "total": "0.995"}]
    )
    rates = [{"rate_id": 7, "label": "State", "rate_percent": 14}, {"rate_id": 8, "label": "City", "rate_percent": 5}]
    document = read(line_items=[taxed], tax_lines=rates, total="23.80")
    assert not document.taxes_included
    assert [(each.name, each.amount.amount) for each in document.lines[0].taxes] == [("State", 280), ("City", 100)]
    assert str(document.lines[0].taxes[0].rate) == "0.14"


def test_prices_that_include_tax_read_as_the_customer_saw_them():
    item = line(subtotal="16.806723", subtotal_tax="3.193277", total="16.806723", total_tax="3.193277")
    document = read(line_items=[item], prices_include_tax=True)
    assert document.taxes_included
    assert (document.lines[0].subtotal.amount, document.lines[0].tax_total().amount) == (2000, 319)


def test_a_coupon_is_a_discount_by_its_code():
    document = read(line_items=[line(total="15.00")], coupon_lines=[{"code": "autumn"}], total="15.00")
    assert [(each.name, each.amount.amount) for each in document.lines[0].discounts] == [("autumn", 500)]


def test_a_price_raised_by_hand_is_the_price():
    document = read(line_items=[line(total="25.00")], total="25.00")
    assert (document.lines[0].subtotal.amount, document.lines[0].discounts) == (2500, ())


def test_fees_are_charges_and_a_negative_one_reduces():
    fees = [
        {"id": 5, "name": "Gift wrapping", "total": "3.00", "total_tax": "0.60", "taxes": []},
        {"id": 6, "name": "Loyalty", "total": "-2.00", "total_tax": "-0.40", "taxes": []},
    ]
    document = read(fee_lines=fees, total="21.20")
    assert [(each.kind, each.total.amount) for each in document.charges] == [
        (ChargeKind.GIFT_WRAP, 360),
        (ChargeKind.OTHER, -240),
    ]


def test_a_negative_line_is_refused():
    assert refusal(line_items=[line(total="-1.00")]).pointer == "/line_items/0/total"


def test_blank_taxes_are_none():
    document = read(line_items=[line(taxes=[{"id": 1, "total": "", "subtotal": ""}], total_tax="")])
    assert document.lines[0].taxes == ()


def test_yen_and_dinars_keep_their_decimals():
    assert read(currency="JPY", line_items=[line(total="1999.6")], total="2000").total.amount == 2000
    assert read(currency="KWD", line_items=[line(total="1.255")], total="1.255").total.amount == 1255
    assert refusal(currency="JPY", total="20.5").pointer == "/total"


def test_the_books_currency_is_kept_where_the_shop_notes_its_rate():
    notes = [
        note("_wcpay_multi_currency_order_exchange_rate", "0.8"),
        note("_wcpay_multi_currency_order_default_currency", "USD"),
    ]
    assert str(read(meta_data=notes).base_total) == "25.00 USD"


# --- quantities ---


@pytest.mark.parametrize("status", ["completed", "refunded"])
def test_a_finished_order_has_nothing_left(status):
    assert read(status=status).lines[0].open_quantity == 0


def test_a_cancelled_order_says_when():
    cancelled_at = read(status="cancelled").cancelled_at
    assert cancelled_at is not None
    assert cancelled_at.isoformat() == "2026-11-03T10:00:00+00:00"


def test_a_restocked_refund_takes_from_its_line():
    document = read(
        line_items=[line(meta_data=[note("_restock_refunded_items", "1")])], refunds=[{"id": 1, "total": "-10.00"}]
    )
    assert document.lines[0].open_quantity == 1
    assert str(document.payment.refunded) == "10.00 EUR"


def test_the_lines_of_a_refund_count_where_an_export_adds_them():
    refund = {"total": "-10.00", "line_items": [{"quantity": -1, "meta_data": [note("_refunded_item_id", "1")]}]}
    assert read(refunds=[refund]).lines[0].open_quantity == 1


def test_a_refund_of_money_alone_leaves_the_goods_to_go_out():
    assert read(refunds=[{"total": "-2.00"}]).lines[0].open_quantity == 2


def test_a_refund_of_everything_leaves_nothing():
    assert read(refunds=[{"total": "-15.00"}, {"total": "-5.00"}]).lines[0].open_quantity == 0


def test_a_refunded_order_without_its_refunds_gave_all_of_it_back():
    assert str(read(status="refunded").payment.refunded) == "20.00 EUR"


@pytest.mark.parametrize(("alone", "shipped"), [("yes", [False, True]), ("no", [True, False]), (None, [False, True])])
def test_of_a_bundle_either_the_parts_or_the_whole_is_sent(alone, shipped):
    marks = [] if alone is None else [note("_bundled_item_needs_shipping", alone)]
    parent = line(1, bundled_items=[2], bundled_by="")
    child = line(2, total="0.00", subtotal="0.00", bundled_by=1, meta_data=marks)
    assert [each.needs_shipping for each in read(line_items=[parent, child]).lines] == shipped


# --- articles ---


@pytest.mark.parametrize(
    ("changes", "sku"),
    [
        ({"sku": ""}, "product-801"),
        ({"sku": None, "variation_id": 23}, "variation-23"),
        ({"sku": "", "product_id": 0}, "line-1"),
    ],
)
def test_a_line_without_sku_gets_a_stable_stand_in(changes, sku):
    assert read(line_items=[line(**changes)]).lines[0].sku == sku


def test_html_in_names_is_read():
    assert read().lines[0].name == "Mug \u2013 Blue"


def test_what_a_shopper_asked_for_is_an_instruction():
    notes = [note("Gift message", "Viel Glück"), note("_reduced_stock", "2"), note("pa_color", "blue"), note("x", [1])]
    assert read(line_items=[line(meta_data=notes)]).fulfilment.instructions == "MUG-BLUE: Gift message: Viel Glück"


def test_an_order_without_lines_is_refused():
    assert refusal(line_items=[]).code == "no_lines"


# --- payment ---


def test_a_paid_order_is_prepaid_on_its_transaction():
    (tender,) = read().payment.tenders
    assert (tender.kind, tender.captured, tender.token) == (TenderKind.CARD, True, "ch_1")


@pytest.mark.parametrize(
    "mark", [("_intention_status", "requires_capture"), ("_stripe_charge_captured", "no"), ("_charge_captured", "no")]
)
def test_a_card_that_is_only_authorised_is_captured_on_shipment(mark):
    payment = read(status="on-hold", date_paid_gmt=None, meta_data=[note(*mark)]).payment
    assert payment.terms is PaymentTerms.CAPTURE_ON_SHIPMENT
    assert (payment.tenders[0].captured, payment.tenders[0].token) == (False, "ch_1")


@pytest.mark.parametrize(
    ("method", "title", "terms", "kind"),
    [
        ("cod", "Cash on delivery", PaymentTerms.CASH_ON_DELIVERY, TenderKind.CASH),
        ("bacs", "Direct bank transfer", PaymentTerms.CAPTURE_ON_SHIPMENT, TenderKind.BANK_TRANSFER),
        ("cheque", "Check payments", PaymentTerms.CAPTURE_ON_SHIPMENT, TenderKind.BANK_TRANSFER),
        ("purchase_order", "Purchase order", PaymentTerms.ACCOUNT, TenderKind.ACCOUNT),
        ("", "", PaymentTerms.CAPTURE_ON_SHIPMENT, TenderKind.OTHER),
    ],
)
def test_unpaid_money_is_never_prepaid(method, title, terms, kind):
    payment = read(
        status="on-hold", date_paid_gmt=None, payment_method=method, payment_method_title=title, transaction_id=""
    ).payment
    assert payment.terms is terms
    assert (payment.tenders[0].kind, payment.tenders[0].captured) == (kind, False)


def test_a_free_order_is_prepaid():
    document = read(total="0.00", line_items=[line(total="0.00", subtotal="0.00")], date_paid_gmt=None)
    assert document.payment.terms is PaymentTerms.PREPAID
    assert document.payment.tenders == ()


def test_gift_cards_paid_what_the_total_leaves_out():
    cards = [{"id": 2, "code": "SECRET-AAAA-1234", "amount": 12.5}]
    document = read(total="7.50", gift_cards=cards)
    gift, card = document.payment.tenders
    assert document.total.amount == 2000
    assert (gift.kind, gift.amount.amount, gift.captured, gift.name) == (
        TenderKind.GIFT_CARD,
        1250,
        True,
        "Gift card 1234",
    )
    assert card.amount.amount == 750


# --- people and ways ---


def test_customer_zero_is_a_guest():
    assert read(customer_id=0).customer.id is None
    assert read().customer.id == "26"


def test_bad_contacts_are_left_out():
    customer = read(billing={**HOME, "email": "nobody", "phone": "call me", "company": "Mill Ltd"}).customer
    assert (customer.email, customer.phone, customer.kind) == (None, None, CustomerKind.COMPANY)


def test_a_blank_delivery_address_means_the_billing_address():
    address = read(shipping={"address_1": "", "city": "", "country": ""}).shipping_address
    assert address is not None
    assert address.city == "York"


def test_an_order_without_any_address_has_none():
    assert read(billing={"country": ""}, shipping=[]).shipping_address is None


def test_a_delivery_address_without_a_country_is_refused():
    assert refusal(shipping={**HOME, "country": "Narnia"}).pointer == "/shipping"


@pytest.mark.parametrize(
    ("method", "title", "level", "delivery"),
    [
        ("flat_rate:8", "Express delivery", ServiceLevel.EXPEDITED, Delivery.SHIP),
        ("flat_rate", "Flat rate", ServiceLevel.STANDARD, Delivery.SHIP),
        ("local_pickup", "Collect in Leeds", ServiceLevel.STANDARD, Delivery.PICK_UP),
    ],
)
def test_the_way_of_shipping_tells_how(method, title, level, delivery):
    ways = [{"id": 9, "method_id": method, "method_title": title, "total": "0.00", "total_tax": "0.00"}]
    fulfilment = read(shipping_lines=ways).fulfilment
    assert (fulfilment.service_level, fulfilment.delivery) == (level, delivery)


def test_the_shops_own_time_is_second_choice():
    assert read(date_created_gmt=None, date_created="2026-11-02T11:00:00").placed_at.hour == 11
    assert refusal(date_created_gmt=None).pointer == "/date_created_gmt"


def test_fraud_outcome_and_test_mode_are_heeded():
    assert read(meta_data=[note("_wcpay_fraud_outcome_status", "review")]).channel_risk is ChannelRisk.REVIEW
    assert read(meta_data=[note("_wcpay_mode", "test")]).test
    assert not read(meta_data=[note("_wcpay_mode", "prod")]).test
