"""Whatever happens to an order's money, its journal balances and the invariants of money hold; a defect is caught."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from models.ledger.accounts import MONEY_IN, LedgerAccount
from models.ledger.checking import balances, broken
from models.ledger.journal import Journal, Unbalanced
from models.ledger.postings import EntryKind, credit, debit
from models.ledger.tenders import Draw, wanted_of
from models.ledger.terms import FreightTime, MoneyTerms, RevenueTime
from models.money import Money
from models.order.account import Account
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind
from models.order.worth import to_authorise, worth
from models.states.payment import PaymentState
from tests.promises.orders.orders import an_order, euro

NOW = datetime(2026, 11, 21, tzinfo=UTC)
UNITS = 6


def split(channel_card: int = 0, gift_card: int = 0, **changes):
    """Six mugs, paid by a channel's gift card, a gift card of ours and a credit card."""
    order = an_order(mug=UNITS)
    rest = order.total - euro(channel_card) - euro(gift_card)
    tenders = (
        Tender(kind=TenderKind.CARD, amount=rest, token="tok_visa"),
        Tender(kind=TenderKind.GIFT_CARD, amount=euro(gift_card), token="tok_gift"),
        Tender(kind=TenderKind.GIFT_CARD, amount=euro(channel_card), captured=True),
    )
    payment = Payment(terms=PaymentTerms.CAPTURE_ON_SHIPMENT, tenders=tuple(one for one in tenders if one.amount))
    return order.model_copy(update={"payment": payment, **changes})


class Lives(RuleBasedStateMachine):
    """Any sequence of what may happen to the money of an order."""

    authorisations = Bundle("authorisations")

    @initialize(
        channel_card=st.integers(0, 2000),
        gift_card=st.integers(0, 3000),
        freight=st.sampled_from(FreightTime),
        revenue=st.sampled_from(RevenueTime),
    )
    def begin(self, channel_card, gift_card, freight, revenue) -> None:
        self.order = split(channel_card, gift_card)
        self.account = Account(self.order, lambda: NOW)
        self.terms = MoneyTerms(freight=freight, revenue=revenue)
        self.account.judged(self.terms)
        self.units = 0
        for wanted in wanted_of(self.order, to_authorise(self.order)):
            self.account.authorise(wanted.amount, kind=wanted.kind, expires_at=NOW)

    def worth(self, units):
        return worth(self.order, {"1": units}, self.terms.freight)

    @precondition(lambda self: self.units < UNITS)
    @rule(units=st.integers(1, 3), captured=st.booleans(), invoiced=st.booleans())
    def ship(self, units, captured, invoiced) -> None:
        before, self.units = self.units, min(self.units + units, UNITS)
        self.account.sell({"1": self.units}, f"P{self.units}")
        value = self.worth(self.units) - self.worth(before)
        if captured:
            for draw in self.account.draws(self.account.to_capture(self.worth(before), value)):
                self.account.take(draw, final=self.units == UNITS)
        sale = self.account.to_bill()
        if invoiced:
            self.account.invoice(sale, "INV")

    @rule()
    def renew(self) -> None:
        for source in self.account.expired(NOW + timedelta(days=1)):
            left = source.left
            self.account.let_go(source)
            self.account.authorise(left, kind=source.kind, expires_at=NOW)

    @rule()
    def decline(self) -> None:
        self.account.decline()

    @rule(amount=st.integers(1, 3000), credited=st.booleans())
    def refund(self, amount, credited) -> None:
        draws, by_channel = self.account.refunds(euro(amount))
        for draw in draws:
            self.account.refund(draw)
        if by_channel:
            self.account.return_held(by_channel)
        if credited:
            self.account.credit(euro(amount))

    @rule(amount=st.integers(-5, 5))
    def write_off(self, amount) -> None:
        self.account.write_off(euro(amount))

    @invariant()
    def the_invariants_hold(self) -> None:
        if not hasattr(self, "account"):
            return
        postings = self.account.journal.all
        assert broken(postings) == []
        assert sum(posting.amount.amount for posting in postings) == 0
        progress = self.account.progress()
        assert progress.captured - self.account.held <= progress.authorised
        assert progress.refunded <= progress.captured
        left = balances(postings)
        taken = sum(left.get(account, 0) for account in MONEY_IN)
        assert taken == (progress.captured - progress.refunded).amount
        assert left.get(LedgerAccount.AUTHORISED, 0) == self.account.set_aside.amount


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=40, stateful_step_count=16)


def ended(order, terms=MoneyTerms()):  # noqa: B008 - frozen
    """An order carried to its end: all shipped, captured and invoiced."""
    account = Account(order, lambda: NOW)
    account.judged(terms)
    for wanted in wanted_of(order, to_authorise(order)) if to_authorise(order) else ():
        account.authorise(wanted.amount, kind=wanted.kind)
    account.sell({line.id: line.quantity for line in order.lines})
    due = account.to_capture(euro(0), order.total)
    if account.authorisations:
        for draw in account.draws(due):
            account.take(draw, final=True)
    account.invoice(account.to_bill())
    return account


@pytest.mark.parametrize("revenue", RevenueTime)
@pytest.mark.parametrize("order", [split(), split(500, 700), an_order(terms=PaymentTerms.PREPAID, mug=2)])
def test_a_paid_order_owes_nothing_at_its_end(order, revenue) -> None:
    account = ended(order, MoneyTerms(revenue=revenue))

    left = balances(account.journal.all)

    assert account.owed == euro(0)
    assert LedgerAccount.RECEIVABLE not in left
    assert LedgerAccount.UNBILLED not in left
    assert LedgerAccount.AUTHORISED not in left
    earned = (LedgerAccount.REVENUE, LedgerAccount.FREIGHT, LedgerAccount.TAX, LedgerAccount.DISCOUNTS)
    assert -sum(left.get(account, 0) for account in earned) == order.total.amount
    assert account.state is PaymentState.CAPTURED


def test_an_order_on_account_owes_its_total_until_the_customer_pays() -> None:
    order = an_order(terms=PaymentTerms.ACCOUNT, mug=2)

    assert ended(order).owed == order.total


def test_gift_cards_are_drawn_first_and_given_back_last() -> None:
    order = split(gift_card=700)
    account = Account(order, lambda: NOW)
    account.judged(MoneyTerms())
    for wanted in wanted_of(order, to_authorise(order)):
        account.authorise(wanted.amount, kind=wanted.kind, reference=wanted.token or "")

    taken = account.draws(euro(1000))
    for draw in taken:
        account.take(draw, final=False)
    back, by_channel = account.refunds(euro(800))

    assert [(draw.source.reference, draw.amount.amount) for draw in taken] == [("tok_gift", 700), ("tok_visa", 300)]
    assert [(draw.source.reference, draw.amount.amount) for draw in back] == [("tok_visa", 300), ("tok_gift", 500)]
    assert not by_channel


@given(channel_card=st.integers(0, 500), gift_card=st.integers(0, 500))
def test_a_cancelled_order_has_charged_nothing(channel_card, gift_card) -> None:
    order = split(channel_card, gift_card)
    account = Account(order, lambda: NOW)
    account.judged(MoneyTerms())
    for wanted in wanted_of(order, to_authorise(order)):
        account.authorise(wanted.amount, kind=wanted.kind)

    account.void(*account.authorisations)
    account.give_back_held()

    assert broken(account.journal.all, cancelled=True) == []
    assert account.state is (PaymentState.REFUNDED if channel_card else PaymentState.VOIDED)


def test_an_entry_that_does_not_balance_is_never_written() -> None:
    journal = Journal("EUR", lambda: NOW)

    with pytest.raises(Unbalanced, match="out of balance"):
        journal.write(
            EntryKind.CAPTURED, [debit(LedgerAccount.PROVIDER, euro(2)), credit(LedgerAccount.RECEIVABLE, euro(1))]
        )
    dollar = Money(amount=1, currency="USD")
    with pytest.raises(Unbalanced, match="another currency"):
        journal.write(
            EntryKind.CAPTURED, [debit(LedgerAccount.PROVIDER, dollar), credit(LedgerAccount.RECEIVABLE, dollar)]
        )
    assert journal.all == ()


def test_no_more_is_taken_than_is_set_aside_nor_given_back_than_was_taken() -> None:
    account = Account(split(), lambda: NOW)
    source = account.authorise(euro(100))

    with pytest.raises(ValueError, match="cannot capture"):
        account.take(Draw(source, euro(101)), final=False)
    account.take(Draw(source, euro(60)), final=False)
    with pytest.raises(ValueError, match="cannot refund"):
        account.refund(Draw(source, euro(61)))


def changed(postings, index, **fields):
    return [posting.model_copy(update=fields) if at == index else posting for at, posting in enumerate(postings)]


def the(postings, kind, account):
    return next(at for at, one in enumerate(postings) if one.kind is kind and one.account is account)


def swollen(postings, kind, *accounts):
    """Make an entry ten times as large as it was, on both sides."""
    at = {the(postings, kind, account) for account in accounts}
    return [
        one.model_copy(update={"amount": euro(one.amount.amount * 10)}) if index in at else one
        for index, one in enumerate(postings)
    ]


def test_every_planted_defect_is_caught() -> None:
    good = list(ended(split()).journal.all)
    provider = the(good, EntryKind.CAPTURED, LedgerAccount.PROVIDER)
    memo = (LedgerAccount.AUTHORISED, LedgerAccount.AUTHORISATIONS)
    taken = (LedgerAccount.PROVIDER, LedgerAccount.RECEIVABLE)
    account = ended(split())
    account.refund(account.refunds(euro(100))[0][0])
    refunded = list(account.journal.all)

    assert broken(good) == broken(refunded) == []
    assert [text[:2] for text in broken(changed(good, provider, amount=euro(1)))] == ["I3"]
    assert [text[:2] for text in broken(swollen(good, EntryKind.CAPTURED, *memo))] == ["I1"]
    assert [text[:2] for text in broken(swollen(good, EntryKind.CAPTURED, *taken))] == ["I4"]
    thousandfold = refunded
    for _ in range(2):
        thousandfold = swollen(thousandfold, EntryKind.REFUNDED, *taken)
    assert [text[:2] for text in broken(thousandfold)] == ["I2"]
    foreign = [one.model_copy(update={"amount": Money(amount=one.amount.amount, currency="USD")}) for one in good[-2:]]
    assert [text[:2] for text in broken([*good[:-2], *foreign])] == ["I6"]
    assert [text[:2] for text in broken(good, cancelled=True)] == ["I5"]
