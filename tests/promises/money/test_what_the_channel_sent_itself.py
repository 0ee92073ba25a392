"""Goods that the channel sent and was paid for before the order came to us are neither paid nor given back twice."""

from __future__ import annotations

import pytest

from models.money import Money
from models.order.account import Account
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind
from models.order.worth import open_worth, to_authorise, worth
from tests.promises.orders.orders import an_order, euro


def sent(shipped: int, taken: int, *, removed: int = 0, refunded: int = 0, prepaid: bool = False):
    """Four mugs of 11.90 and a parcel of 4.90: some sent, some taken off, and so much taken and given back."""
    order = an_order(mug=4)
    line = order.lines[0].model_copy(update={"cancelled": shipped + removed, "shipped": shipped})
    card = Tender(kind=TenderKind.CARD, amount=euro(taken), captured=True)
    rest = Tender(kind=TenderKind.CARD, amount=order.total - euro(taken), token="tok_visa")
    terms = PaymentTerms.PREPAID if prepaid else PaymentTerms.CAPTURE_ON_SHIPMENT
    tenders = tuple(tender for tender in (card, rest) if tender.amount)
    payment = Payment(terms=terms, tenders=tenders, refunded=euro(refunded) if refunded else None)
    return order.model_copy(update={"lines": (line,), "payment": payment})


FREIGHT, MUG = 490, 1190
WHOLE = 4 * MUG + FREIGHT


@pytest.mark.parametrize(
    ("order", "due"),
    [
        (sent(0, 0), WHOLE),
        (sent(0, 1000), WHOLE - 1000),
        (sent(1, MUG + FREIGHT), 3 * MUG),
        (sent(1, 2 * MUG + FREIGHT), 2 * MUG),
        (sent(2, 2 * MUG + FREIGHT, removed=1), MUG),
        (sent(0, 2 * MUG, removed=1, refunded=MUG), 2 * MUG + FREIGHT),
        (sent(0, 2 * MUG, refunded=500), 2 * MUG + FREIGHT),
    ],
    ids=["nothing", "a part", "one sent", "more taken than sent", "one removed", "one given back", "a courtesy"],
)
def test_we_take_what_nobody_has_taken_for_what_is_still_to_come(order, due: int) -> None:
    assert to_authorise(order) == euro(due)
    account = Account(order)
    account.authorise(euro(due))
    left = {"1": order.lines[0].open_quantity}
    assert account.to_capture(euro(0), worth(order, left)) == euro(due)


@pytest.mark.parametrize(
    ("order", "back"),
    [
        (sent(0, WHOLE, prepaid=True), WHOLE),
        (sent(1, WHOLE, prepaid=True), WHOLE - MUG - FREIGHT),
        (sent(1, WHOLE, removed=1, refunded=MUG, prepaid=True), 2 * MUG),
        (sent(1, MUG + FREIGHT), 0),
    ],
    ids=["nothing sent", "one sent", "one sent and one given back", "only what was sent is paid"],
)
def test_a_cancelled_order_gives_back_nothing_for_what_the_customer_has(order, back: int) -> None:
    assert Account(order).give_back_held() == euro(back)


def test_what_was_to_be_delivered_and_was_not_is_given_back_from_what_was_paid_for_it() -> None:
    order = sent(1, MUG + FREIGHT)
    assert Account(order).held_for_open == open_worth(order) - euro(3 * MUG)
    assert Account(sent(1, WHOLE, prepaid=True)).held_for_open == open_worth(order)
    assert Account(sent(0, WHOLE, prepaid=True)).held_for_open == Money(amount=WHOLE, currency="EUR")


@pytest.mark.parametrize(
    ("order", "left"),
    [
        (sent(0, WHOLE, prepaid=True), WHOLE),
        (sent(0, WHOLE, refunded=500, prepaid=True), WHOLE - 500),
        (sent(0, WHOLE, removed=1, refunded=MUG, prepaid=True), WHOLE - MUG),
        (sent(1, WHOLE, removed=1, refunded=MUG, prepaid=True), 2 * MUG + FREIGHT),
        (sent(1, MUG + FREIGHT), FREIGHT),
    ],
    ids=["nothing", "a courtesy", "one given back", "one sent and one given back", "only what was sent is paid"],
)
def test_what_a_change_may_have_given_back_is_what_is_left_for_us(order, left: int) -> None:
    assert Account(order).left_for_open == euro(left)
