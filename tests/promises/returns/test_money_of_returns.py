"""The money of returns, in any order of claims: exact to the minor unit, and never more than was paid."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.money import Money
from models.order.payment_terms import PaymentTerms
from models.policy.returns import FeeRule, ReasonRule, ReturnRules, ShippingRefund, TenderOrder
from models.returns.money import ClaimedLine, RefundClaim, Ways
from models.returns.refunding import Given, LineGiven, grant, less
from models.returns.request import Condition, Resolution, ReturnReason
from models.returns.sold import Sold, SoldLine


def euro(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


def an_order(totals: list[tuple[int, int]], shipping: int, terms: PaymentTerms) -> Sold:
    return Sold(
        order_id="order:shopify:1",
        channel="shopify",
        external_id="1",
        currency="EUR",
        terms=terms,
        lines=tuple(
            SoldLine(
                line_id=str(number), sku=f"S{number}", quantity=units, total=euro(total), net=euro(total), shipped=units
            )
            for number, (units, total) in enumerate(totals)
        ),
        shipping=euro(shipping),
        authorisation="AUTH-1",
    )


class Books:
    """What the database keeps, in memory."""

    def __init__(self, sold: Sold, paid: int, held: int, before: int) -> None:
        self.sold = sold
        self.given = Given(
            paid=euro(paid),
            held_by_channel=euro(held),
            refunded_before=euro(before),
            lines={},
            shipping=euro(0),
            ways=Ways.none("EUR"),
        )

    def claim(self, rules: ReturnRules, reason: ReturnReason, quantities: dict[str, int], fee: int = 0):
        claim = RefundClaim(
            key="k",
            return_id="return:shopify:1:1",
            order_id="order:shopify:1",
            resolution=Resolution.REFUND,
            lines=tuple(
                ClaimedLine(
                    line_id=line, sku=f"S{line}", quantity=units, reason=reason, grades={Condition.OPENED: units}
                )
                for line, units in quantities.items()
            ),
            rules=rules,
            policy_version="2026-01-01",
            label_fee=euro(fee),
        )
        granted = grant(claim, self.sold, self.given)
        self.book(granted, 1)
        return granted

    def book(self, granted, sign: int) -> None:
        lines = dict(self.given.lines)
        for line in granted.lines:
            before = lines.get(line.line_id) or LineGiven(amount=euro(0))
            lines[line.line_id] = LineGiven(
                units=before.units + sign * line.quantity, amount=euro(before.amount.amount + sign * line.amount.amount)
            )
        ways = {
            name: euro(getattr(self.given.ways, name).amount + sign * part.amount)
            for name, part in dict(granted.ways).items()
        }
        shipping = euro(self.given.shipping.amount + sign * granted.shipping.amount)
        self.given = self.given.model_copy(update={"lines": lines, "ways": Ways(**ways), "shipping": shipping})


ORDERS = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 5000)), min_size=1, max_size=4)
SHARED = ReturnRules(reasons=(ReasonRule(shipping=ShippingRefund.SHARE),))


@st.composite
def lives(draw):
    """An order, and the sizes in which its units come back: each step a line and a number, some let go again."""
    totals = draw(ORDERS)
    steps = draw(
        st.lists(st.tuples(st.integers(0, len(totals) - 1), st.integers(1, 5), st.booleans()), min_size=1, max_size=25)
    )
    return totals, draw(st.integers(0, 900)), steps


@pytest.mark.slow
@given(lives())
@settings(max_examples=200)
def test_all_returns_of_an_order_together_come_to_what_was_paid(life) -> None:
    totals, shipping, steps = life
    books = Books(
        an_order(totals, shipping, PaymentTerms.CAPTURE_ON_SHIPMENT), sum(t for _, t in totals) + shipping, 0, 0
    )
    left = {str(number): units for number, (units, _) in enumerate(totals)}
    for number, wanted, let_go in steps:
        units = min(wanted, left[str(number)])
        if not units:
            continue
        granted = books.claim(SHARED, ReturnReason.OTHER, {str(number): units})
        if let_go:
            books.book(granted, -1)
        else:
            left[str(number)] -= units
    for line, units in left.items():
        if units:
            books.claim(SHARED, ReturnReason.OTHER, {line: units})

    for number, (_, total) in enumerate(totals):
        assert books.given.lines[str(number)].amount == euro(total)
    whole = sum(total for _, total in totals)
    assert books.given.shipping == euro(shipping if whole else 0)


@pytest.mark.slow
@given(
    lives(),
    st.tuples(st.integers(0, 20_000), st.integers(0, 20_000), st.integers(0, 20_000)),
    st.tuples(st.sampled_from(TenderOrder), st.integers(0, 100), st.integers(0, 800)),
    st.sampled_from(PaymentTerms),
)
@settings(max_examples=300)
def test_never_is_more_given_than_was_paid_and_is_left(life, money, terms_of_return, terms) -> None:
    totals, shipping, steps = life
    (paid, held, before), (tenders, percent, fee) = money, terms_of_return
    held, before = min(held, paid), min(before, held, paid)
    books = Books(an_order(totals, shipping, terms), paid, held, before)
    rules = ReturnRules(fees=(FeeRule(percent=percent),), tenders=tenders)
    left = {str(number): units for number, (units, _) in enumerate(totals)}
    for number, wanted, _ in steps:
        units = min(wanted, left[str(number)])
        if not units:
            continue
        left[str(number)] -= units
        granted = books.claim(rules, ReturnReason.CHANGED_MIND, {str(number): units}, fee)
        assert all(part.amount >= 0 for part in dict(granted.ways).values())
        assert granted.fees.amount >= 0
    ways = books.given.ways
    assert ways.total.amount <= max(paid - before, 0)
    assert ways.card.amount <= paid - held or terms not in {PaymentTerms.PREPAID, PaymentTerms.CAPTURE_ON_SHIPMENT}
    assert ways.channel.amount <= max(held - before, 0)
    assert books.given.shipping.amount <= shipping


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 1000), st.sampled_from(TenderOrder))
def test_less_takes_from_the_way_that_would_have_come_last(card, channel, amount, tenders) -> None:
    books = Books(an_order([(1, card + channel)], 0, PaymentTerms.CAPTURE_ON_SHIPMENT), card + channel, channel, 0)
    granted = books.claim(ReturnRules(tenders=tenders), ReturnReason.OTHER, {"0": 1})
    wanted = min(amount, granted.total.amount)

    ways = less(granted, euro(wanted), tenders)

    assert ways.total == euro(wanted)
    assert ways.card <= granted.ways.card
    assert ways.channel <= granted.ways.channel
    first = (
        (ways.card, granted.ways.card) if tenders is TenderOrder.CARD_FIRST else (ways.channel, granted.ways.channel)
    )
    assert first[0] == first[1] or wanted < first[1].amount


def test_a_share_of_the_shipping_is_no_more_than_is_left_of_it() -> None:
    books = Books(an_order([(2, 2000)], 1000, PaymentTerms.CAPTURE_ON_SHIPMENT), 3000, 0, 0)
    # Somebody gave most of it back before, for goodwill.
    books.given = books.given.model_copy(update={"shipping": euro(900)})

    assert books.claim(SHARED, ReturnReason.OTHER, {"0": 1}).shipping == euro(100)


def test_nothing_goes_back_to_a_card_that_was_never_charged() -> None:
    sold = an_order([(1, 2000)], 0, PaymentTerms.PREPAID).model_copy(update={"authorisation": None})

    ways = Books(sold, 2000, 1500, 0).claim(ReturnRules(), ReturnReason.OTHER, {"0": 1}).ways

    assert (ways.card, ways.channel) == (euro(0), euro(1500))
