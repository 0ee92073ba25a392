"""What a WooCommerce order means to us: who takes the money."""

from __future__ import annotations

import pytest

from models.order.payment_terms import PaymentTerms, TenderKind


def test_a_paid_order_is_prepaid_on_its_transaction(read):
    (tender,) = read().payment.tenders
    assert (tender.kind, tender.captured, tender.token) == (TenderKind.CARD, True, "ch_1")


@pytest.mark.parametrize(
    "mark", [("_intention_status", "requires_capture"), ("_stripe_charge_captured", "no"), ("_charge_captured", "no")]
)
def test_a_card_that_is_only_authorised_is_captured_on_shipment(read, note, mark):
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
def test_unpaid_money_is_never_prepaid(read, method, title, terms, kind):
    payment = read(
        status="on-hold", date_paid_gmt=None, payment_method=method, payment_method_title=title, transaction_id=""
    ).payment
    assert payment.terms is terms
    assert (payment.tenders[0].kind, payment.tenders[0].captured) == (kind, False)


def test_a_free_order_is_prepaid(read, line):
    document = read(total="0.00", line_items=[line(total="0.00", subtotal="0.00")], date_paid_gmt=None)
    assert document.payment.terms is PaymentTerms.PREPAID
    assert document.payment.tenders == ()


def test_gift_cards_paid_what_the_total_leaves_out(read):
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
