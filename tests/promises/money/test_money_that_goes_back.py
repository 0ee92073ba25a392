"""What a return gives back is credited by tax, goes to the tender it came from, and leaves the journal in balance."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.ledger.accounts import MONEY_IN, LedgerAccount
from models.ledger.checking import balances, broken
from models.ledger.journal import Journal
from models.ledger.terms import MoneyTerms
from models.money import Money
from models.order.account import Account
from models.order.payment_terms import PaymentTerms, TenderKind
from models.policy.decision import Decision, DecisionKind
from models.policy.returns import ReasonRule, ReturnRules, ShippingRefund
from models.returns.booking import book_channel, book_memo, book_refund, book_store_credit, tender_parts
from models.returns.money import ClaimedLine, RefundClaim, RefundGrant, RefundLine, Ways
from models.returns.refunding import Given, grant
from models.returns.request import Condition, Resolution, ReturnReason
from models.returns.sold import Sold, SoldLine
from models.returns.standing import Gift
from tests.promises.money.test_journal_of_an_order import UNITS, ended, split
from tests.promises.orders.orders import an_order, euro

NOW = datetime(2026, 11, 21, tzinfo=UTC)
DECISION = Decision(kind=DecisionKind.REFUND, policy_version="v1", input={}, outcome="given")


def bought(account: Account) -> Sold:
    order, money = account._order, account.progress()
    line = order.lines[0]
    taxes = account._between({}, {"1": line.quantity}).lines["1"].taxes
    return Sold(
        order_id=order.id,
        channel=order.channel,
        external_id=order.external_id,
        currency="EUR",
        terms=order.payment.terms,
        lines=(
            SoldLine(
                line_id="1",
                sku="MUG",
                quantity=line.quantity,
                total=line.total,
                net=line.total - line.tax_total(),
                taxes=taxes,
                shipped=line.quantity,
            ),
        ),
        shipping=order.shipping[0].total,
        authorisation="AUTH-1",
        tenders=money.tenders,
        held=money.held,
        entity="Muster GmbH",
    )


def claim(sold: Sold, given: Given, units: int, resolution: Resolution = Resolution.REFUND) -> RefundGrant:
    line = ClaimedLine(
        line_id="1", sku="MUG", quantity=units, reason=ReturnReason.DEFECTIVE, grades={Condition.OPENED: units}
    )
    asked = RefundClaim(
        key="k",
        return_id="return:shopify:1:1",
        order_id=sold.order_id,
        resolution=resolution,
        lines=(line,),
        rules=ReturnRules(reasons=(ReasonRule(shipping=ShippingRefund.SHARE),)),
        policy_version="v1",
        label_fee=euro(0),
    )
    return grant(asked, sold, given)


def nothing_given(account: Account) -> Given:
    money = account.progress()
    return Given(
        paid=money.captured,
        held_by_channel=account.held,
        refunded_before=money.refunded,
        lines={},
        shipping=euro(0),
        ways=Ways.none("EUR"),
        refunded_by_provider=money.refunded_by_provider,
    )


@given(
    channel_card=st.integers(0, 1500),
    gift_card=st.integers(0, 1500),
    before=st.integers(0, 2000),
    sizes=st.lists(st.integers(1, UNITS), min_size=1, max_size=UNITS),
)
@settings(max_examples=60)
def test_every_tender_gets_back_what_it_gave_and_no_more(channel_card, gift_card, before, sizes) -> None:
    account = ended(split(channel_card, gift_card))
    draws, by_channel = account.refunds(euro(before))
    for draw in draws:
        account.refund(draw)
    if by_channel:
        account.return_held(by_channel)
    sold, given_before = bought(account), nothing_given(account)
    journals, left = [], UNITS
    for size in sizes:
        units = min(size, left)
        if not units:
            break
        left -= units
        granted = claim(sold, given_before, units)
        gift = Gift("k", granted, granted.ways)
        journal = Journal("EUR", lambda: NOW)
        book_memo(journal, sold, gift, "CM-1")
        for part in tender_parts(sold, gift):
            book_refund(journal, part.account, part.amount)
        book_channel(journal, sold, gift)
        journals += journal.all
        ways = given_before.ways
        given_before = given_before.model_copy(
            update={
                "ways": ways.model_copy(
                    update={"card": ways.card + granted.ways.card, "channel": ways.channel + granted.ways.channel}
                ),
                "shipping": given_before.shipping + granted.shipping,
            }
        )

    everything = [*account.journal.all, *journals]
    assert broken(everything) == []
    rest = balances(everything)
    assert sum(rest.get(one, 0) for one in MONEY_IN) == (account.captured - account.refunded).amount - (
        given_before.ways.total.amount
    )
    assert rest.get(LedgerAccount.GIFT_CARDS, 0) >= 0


def test_a_whole_order_that_comes_back_leaves_nothing_on_any_account_but_what_was_sold_and_taken_back() -> None:
    account = ended(split(300, 700))
    sold = bought(account)
    granted = claim(sold, nothing_given(account), UNITS)
    gift = Gift("k", granted, granted.ways)
    journal = Journal("EUR", lambda: NOW, "Muster GmbH")

    book_memo(journal, sold, gift, "CM-1")
    parts = tender_parts(sold, gift)
    for part in parts:
        book_refund(journal, part.account, part.amount, "REF-1")
    book_channel(journal, sold, gift)

    total = account.captured.amount
    assert [(part.account, part.amount.amount) for part in parts] == [
        (LedgerAccount.PROVIDER, total - 1000),
        (LedgerAccount.GIFT_CARDS, 700),
    ]
    left = balances([*account.journal.all, *journal.all])
    assert left.keys() == {LedgerAccount.REVENUE, LedgerAccount.FREIGHT, LedgerAccount.RETURNS}
    assert sum(left.values()) == 0


def test_credit_with_us_is_a_debt_of_ours_and_fees_are_kept() -> None:
    account = ended(an_order(mug=UNITS))
    sold = bought(account)
    line = RefundLine(line_id="1", sku="MUG", quantity=1, amount=euro(1190), fee=euro(190))
    ways = Ways.none("EUR").model_copy(update={"credit": euro(1000)})
    granted = RefundGrant(lines=(line,), shipping=euro(0), fees=euro(190), ways=ways, decision=DECISION)
    journal = Journal("EUR", lambda: NOW)

    book_memo(journal, sold, Gift("k", granted, ways), "CM-1")
    book_store_credit(journal, ways.credit)

    assert balances(journal.all) == {
        LedgerAccount.RETURNS: 1000,
        LedgerAccount.TAX: 190,
        LedgerAccount.FEES: -190,
        LedgerAccount.STORE_CREDIT: -1000,
    }


def test_a_return_of_an_older_order_goes_back_to_its_one_authorisation() -> None:
    sold = bought(ended(an_order(mug=UNITS))).model_copy(update={"tenders": ()})
    granted = claim(sold, nothing_given(ended(an_order(mug=UNITS))), 1)

    parts = tender_parts(sold, Gift("k", granted, granted.ways))

    assert [(part.authorisation, part.amount) for part in parts] == [("AUTH-1", granted.ways.card)]


def test_what_the_order_gave_back_itself_counts_for_its_tenders() -> None:
    order = split(gift_card=700)
    account = Account(order, lambda: NOW)
    account.judged(MoneyTerms())
    for kind, amount in ((TenderKind.GIFT_CARD, euro(700)), (TenderKind.CARD, order.total - euro(700))):
        account.authorise(amount, kind=kind, reference=kind.value)
    account.sell({"1": UNITS})
    account.capture(order.total, final=True)
    for draw in account.refunds(order.total - euro(900))[0]:
        account.refund(draw)
    sold = bought(account)
    ways = Ways.none("EUR").model_copy(update={"card": euro(600)})
    before = Ways.none("EUR").model_copy(update={"card": account.refunded_by_provider})
    granted = RefundGrant(lines=(), shipping=euro(0), fees=euro(0), ways=ways, before=before, decision=DECISION)

    parts = tender_parts(sold, Gift("k", granted, ways))

    assert [(part.authorisation, part.amount.amount) for part in parts] == [("card", 200), ("gift_card", 400)]
    assert order.payment.terms is PaymentTerms.CAPTURE_ON_SHIPMENT
    assert Money.sum_of((part.amount for part in parts), "EUR") == euro(600)


def test_no_more_goes_back_to_a_tender_than_is_left_of_what_it_gave() -> None:
    order = an_order(mug=UNITS)
    account = ended(order)
    ((draw,), _) = account.refunds(order.total)
    account.refund(draw)

    with pytest.raises(ValueError, match="is given back"):
        account.refund(draw)
