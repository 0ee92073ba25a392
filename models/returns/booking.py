"""A return's part of the journal: what is credited, and by which ways it goes back; spelt here once. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from models.ledger import entries
from models.ledger.accounts import LedgerAccount
from models.ledger.postings import EntryKind
from models.ledger.tenders import windowed
from models.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.ledger.journal import Journal
    from models.ledger.portions import TaxShare
    from models.order.snapshot import TenderProgress
    from models.returns.sold import Sold
    from models.returns.standing import Gift


class TenderPart(NamedTuple):
    """So much for one authorisation at our payment provider."""

    authorisation: str
    amount: Money
    account: LedgerAccount


def book_memo(journal: Journal, sold: Sold, gift: Gift, reference: str) -> None:
    """A credit memo was posted: goods and shipping by net and tax, and what was kept back."""
    zero = Money.zero(sold.currency)
    net, taxes = zero, dict[str, Money]()
    priced = [(line.amount, _taxes_of(sold, line.line_id)) for line in gift.grant.lines]
    for amount, (whole, shares) in [*priced, (gift.grant.shipping, (sold.shipping, sold.shipping_taxes))]:
        part, *by_tax = _parted(amount, whole, shares)
        net += part
        for share, tax in zip(shares, by_tax, strict=True):
            taxes[share.code] = taxes.get(share.code, zero) + tax
    fees = Money.sum_of((amount for amount, _ in priced), sold.currency) + gift.grant.shipping - gift.ways.total
    journal.write(EntryKind.CREDITED, entries.credited(net, taxes.items(), fees), reference)


def tender_parts(sold: Sold, gift: Gift) -> list[TenderPart]:
    """Share what goes back through our provider over its authorisations: the last tender first, each only once."""
    amount = gift.ways.card
    if not sold.tenders:
        return [TenderPart(sold.authorisation, amount, LedgerAccount.PROVIDER)] if amount and sold.authorisation else []
    backwards = tuple(reversed(sold.tenders))
    before = gift.grant.before.card if gift.grant.before else Money.zero(sold.currency)
    parts = windowed([tender.captured for tender in backwards], before, amount)
    return [_part(tender, part) for tender, part in zip(backwards, parts, strict=True) if part]


def book_refund(journal: Journal, account: LedgerAccount, amount: Money, reference: str | None = None) -> None:
    """The customer was given money out of this account."""
    journal.write(EntryKind.REFUNDED, entries.paid_back(account, amount), reference)


def book_channel(journal: Journal, sold: Sold, gift: Gift) -> None:
    """The channel was told to give back: the last of its tenders first, each only once."""
    amount = gift.ways.channel
    backwards = tuple(reversed(sold.held))
    before = gift.grant.before.channel if gift.grant.before else Money.zero(sold.currency)
    parts = windowed([held.amount for held in backwards], before, amount)
    for held, part in zip(backwards, parts, strict=True):
        book_refund(journal, held.account, part)
    book_refund(journal, LedgerAccount.CHANNEL, amount - Money.sum_of(parts, amount.currency))


def book_store_credit(journal: Journal, amount: Money) -> None:
    """The customer has so much more credit with us."""
    journal.write(EntryKind.STORE_CREDIT, entries.paid_back(LedgerAccount.STORE_CREDIT, amount))


def _part(tender: TenderProgress, amount: Money) -> TenderPart:
    return TenderPart(tender.reference or "", amount, entries.purse(tender.kind, LedgerAccount.PROVIDER))


def _taxes_of(sold: Sold, line_id: str) -> tuple[Money, tuple[TaxShare, ...]]:
    line = sold.line(line_id)
    return (line.total, line.taxes) if line else (Money.zero(sold.currency), ())


def _parted(amount: Money, whole: Money, taxes: Sequence[TaxShare]) -> tuple[Money, ...]:
    """Net first, then each tax, in the proportion they have in the whole."""
    by_tax = [max(tax.amount.amount, 0) for tax in taxes]
    return amount.allocate([max(whole.amount - sum(by_tax), 0), *by_tax])
