"""What a Shopify order means to us: who takes the money."""

from __future__ import annotations

import pytest

from models.order.payment_terms import PaymentTerms, TenderKind
from models.order.worth import to_authorise


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
def test_money_that_nobody_collected_is_never_prepaid(read, status, terms):
    assert read(financial_status=status).payment.terms is terms


def test_an_unknown_financial_status_is_refused(refusal):
    assert refusal(financial_status="maybe").pointer == "/financial_status"


def test_an_authorised_card_is_captured_on_its_transaction(read):
    transactions = [{"id": 9, "kind": "authorization", "status": "success", "authorization": "pi_9", "amount": "20.00"}]
    (tender,) = read(financial_status="authorized", transactions=transactions).payment.tenders
    assert (tender.kind, tender.token, tender.captured) == (TenderKind.CARD, "pi_9", False)


def test_a_checkout_token_stands_in_for_a_transaction(read):
    (tender,) = read(financial_status="authorized", checkout_token="tok_1").payment.tenders
    assert tender.token == "tok_1"


def test_a_redeemed_gift_card_is_money_the_shop_holds(read):
    transactions = [{"id": 3, "kind": "sale", "status": "success", "gateway": "gift_card", "amount": "5.00"}]
    document = read(
        financial_status="authorized",
        payment_gateway_names=["gift_card", "shopify_payments"],
        transactions=transactions,
    )
    gift, card = document.payment.tenders
    assert (gift.kind, gift.amount.amount, gift.captured) == (TenderKind.GIFT_CARD, 500, True)
    assert (card.kind, card.amount.amount, card.captured) == (TenderKind.CARD, 1500, False)


def test_what_is_outstanding_tells_what_a_gift_card_paid_where_no_transactions_come(read):
    document = read(
        financial_status="partially_paid",
        payment_gateway_names=["gift_card", "shopify_payments"],
        total_outstanding="15.00",
    )
    assert [(each.kind, each.amount.amount, each.captured) for each in document.payment.tenders] == [
        (TenderKind.GIFT_CARD, 500, True),
        (TenderKind.CARD, 1500, False),
    ]


@pytest.mark.parametrize("status", ["authorized", "pending"])
def test_what_was_taken_off_an_order_is_no_money_the_shop_holds(read, line, status):
    document = read(
        line_items=[line(current_quantity=1, fulfillable_quantity=1)],
        financial_status=status,
        current_total_price="10.00",
        total_outstanding="10.00",
    )
    assert [(each.amount.amount, each.captured) for each in document.payment.tenders] == [(2000, False)]
    assert to_authorise(document).amount == 1000


def test_what_went_back_to_a_gift_card_was_paid_with_it_before(read, line):
    given_back = {"id": 9, "kind": "refund", "status": "success", "amount": "5.00", "gateway": "gift_card"}
    document = read(
        line_items=[line(current_quantity=1, fulfillable_quantity=1)],
        financial_status="partially_paid",
        payment_gateway_names=["gift_card", "shopify_payments"],
        current_total_price="10.00",
        total_outstanding="5.00",
        refunds=[{"refund_line_items": [{"line_item_id": 1, "quantity": 1}], "transactions": [given_back]}],
    )
    assert [(each.amount.amount, each.captured) for each in document.payment.tenders] == [(1000, True), (1000, False)]
    assert to_authorise(document).amount == 500


def test_a_shop_that_took_its_part_for_what_it_sent_leaves_us_the_rest(read, line):
    document = read(
        line_items=[line(fulfillable_quantity=1)],
        financial_status="partially_paid",
        total_outstanding="10.00",
        current_total_price="20.00",
    )
    assert (document.lines[0].shipped, to_authorise(document).amount) == (1, 1000)


@pytest.mark.parametrize("gateway", ["Cash on Delivery (COD)", "cash_on_delivery", "Nachnahme", "代金引換"])
def test_the_money_at_the_door_is_cash_on_delivery(read, gateway):
    payment = read(financial_status="pending", payment_gateway_names=[gateway]).payment
    assert payment.terms is PaymentTerms.CASH_ON_DELIVERY
    assert payment.tenders[0].kind is TenderKind.CASH


def test_net_terms_are_on_account(read):
    payment = read(
        financial_status="pending", payment_terms={"payment_terms_type": "NET", "due_in_days": 30}, po_number="PO-7"
    ).payment
    assert (payment.terms, payment.net_days, payment.purchase_order) == (PaymentTerms.ACCOUNT, 30, "PO-7")
