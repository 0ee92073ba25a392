"""What the API shows of an order's journal: every posting, the balances, and the same in the seller's own books."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Self

from api.orders.views import View
from models.ledger.accounts import LedgerAccount
from models.ledger.postings import EntryKind, Posting
from models.money import Currency, Money

if TYPE_CHECKING:
    from activities.records.orders import OrderPostings, OrderView
    from models.ledger.terms import BookRate, SellingEntity


class PostingView(View):
    """One side of an entry."""

    position: int
    """Unique in its journal: the order's, or the return's."""
    account: LedgerAccount
    amount: Money
    """A debit is positive, a credit negative."""
    own: Money | None
    """The same in the books' currency, where that is another and its rate is known."""
    tax: str | None
    """The tax code, on the tax account."""


class EntryView(View):
    """One fact about money; its postings sum to zero."""

    at: datetime
    """The posting date."""
    kind: EntryKind
    entity: str
    """The selling company in whose books it stands."""
    reference: str | None
    """The paper behind it: a shipment, an invoice, the provider's number."""
    return_id: str | None
    """The return it belongs to; none: the order itself."""
    postings: list[PostingView]

    @classmethod
    def of(cls, postings: list[Posting], entity: SellingEntity | None, return_id: str | None) -> Self:
        """Show one entry."""
        first, own = postings[0], _own(postings, entity)
        return cls(
            at=first.at,
            kind=first.kind,
            entity=first.entity,
            reference=first.reference,
            return_id=return_id,
            postings=[
                PostingView(
                    position=posting.position,
                    account=posting.account,
                    amount=posting.amount,
                    own=amount,
                    tax=posting.tax,
                )
                for posting, amount in zip(postings, own, strict=True)
            ],
        )


class Balance(View):
    """What stands on an account."""

    account: LedgerAccount
    amount: Money


class Rate(View):
    """What one unit of the order's currency is in the books' currency."""

    rate: Decimal
    day: date
    currency: Currency
    """Of the books."""


class Postings(View):
    """The journal of an order and of its returns, in double entry."""

    order_id: str
    entries: list[EntryView]
    """The order's own, then those of its returns."""
    balances: list[Balance]
    """Over all entries; accounts in balance are left out."""
    rate: Rate | None
    """By which `own` amounts were worked out."""

    @classmethod
    def of(cls, view: OrderView, journal: OrderPostings) -> Self:
        """Show all of it."""
        entity = view.snapshot.money.entity if view.snapshot else None
        entries = [EntryView.of(postings, entity, None) for postings in _entries(journal.order)]
        for return_id, postings in journal.returns.items():
            entries += (EntryView.of(part, entity, return_id) for part in _entries(postings))
        every = [*journal.order, *(posting for part in journal.returns.values() for posting in part)]
        return cls(
            order_id=view.order.id,
            entries=entries,
            balances=_balances(every),
            rate=_rate(entity),
        )


def _entries(postings: list[Posting]) -> list[list[Posting]]:
    return [list(part) for _, part in groupby(postings, key=lambda posting: posting.entry)]


def _balances(postings: list[Posting]) -> list[Balance]:
    found: defaultdict[tuple[LedgerAccount, str], int] = defaultdict(int)
    for posting in postings:
        found[posting.account, posting.amount.currency] += posting.amount.amount
    order = list(LedgerAccount)
    return [
        Balance(account=account, amount=Money(amount=amount, currency=currency))
        for (account, currency), amount in sorted(found.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
        if amount
    ]


def _own(postings: list[Posting], entity: SellingEntity | None) -> list[Money | None]:
    """Convert an entry; what rounding leaves over is put on its largest side, so that it balances there too."""
    if entity is None or entity.rate is None:
        return [None] * len(postings)
    amounts = [_converted(posting.amount, entity.rate, entity.currency) for posting in postings]
    largest = max(range(len(amounts)), key=lambda index: abs(amounts[index].amount))
    amounts[largest] -= Money.sum_of(amounts, entity.currency)
    return list(amounts)


def _converted(amount: Money, rate: BookRate, currency: str) -> Money:
    return Money.rounded(amount.major * rate.rate, currency)


def _rate(entity: SellingEntity | None) -> Rate | None:
    if entity is None or entity.rate is None:
        return None
    return Rate(rate=entity.rate.rate, day=entity.rate.day, currency=entity.currency)
