"""What was given back, the payment provider's refunds and the ERP's credit memos."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.money import Money
from models.reconciling.comparing.matching import match
from models.reconciling.comparing.verdicts import Judge, sum_in
from models.reconciling.differences import Comparison, Remedy
from models.reconciling.documents import DocumentKind, Party

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from models.reconciling.books import OrderBooks
    from models.reconciling.differences import Finding
    from models.reconciling.documents import PartnerDocument

RECONCILED = "/reconciled"
"""In the key of a refund that reconciling itself has asked for; it belongs to a difference, not to the order."""


def compare_refunds(books: OrderBooks, documents: Sequence[PartnerDocument]) -> tuple[Finding, ...]:
    """Say what differs between what was given back and what the payment provider and the ERP have of it."""
    judge = Judge(Comparison.REFUNDS, books)
    memos = [found for found in documents if found.kind is DocumentKind.CREDIT_MEMO]
    refunds = [found for found in documents if found.kind is DocumentKind.REFUND and RECONCILED not in found.key]
    return (*_refunds(judge, books, refunds), *_memos(judge, books, memos))


def _refunds(judge: Judge, books: OrderBooks, found: Sequence[PartnerDocument]) -> Iterator[Finding]:
    matches = match(books.of_kind(DocumentKind.REFUND), found)
    yield from judge.duplicates(matches.duplicates)
    for wanted in matches.missing:
        # Nobody is paid twice by a machine: a person looks first whether the customer has it.
        yield judge.missing(Party.PAYMENT, wanted)
    for wanted, document in matches.pairs:
        yield from judge.amounts(wanted, document)
    if not matches.missing and any(wanted.amount is None for wanted, _ in matches.pairs):
        theirs = sum_in((document for _, document in matches.pairs), books.currency)
        if books.returned is not None and theirs != books.returned:
            yield judge.total(Party.PAYMENT, DocumentKind.REFUND, books.returned, theirs)
    yield from _own(judge, books, Party.PAYMENT, matches.left)


def _memos(judge: Judge, books: OrderBooks, found: Sequence[PartnerDocument]) -> Iterator[Finding]:
    matches = match(books.of_kind(DocumentKind.CREDIT_MEMO), found)
    yield from judge.duplicates(matches.duplicates)
    for wanted in matches.missing:
        yield judge.missing(Party.ERP, wanted, Remedy.POST_CREDIT_MEMO)
    for wanted, document in matches.pairs:
        yield from judge.amounts(wanted, document)
    yield from _own(judge, books, Party.ERP, matches.left)


def _own(judge: Judge, books: OrderBooks, party: Party, left: Sequence[PartnerDocument]) -> Iterator[Finding]:
    """Compare what the order gave back itself, which we know as a sum only."""
    kind, known = _SUMS[party]
    ours: Money = getattr(books, known) or Money.zero(books.currency)
    theirs = sum_in(left, books.currency)
    if not books.known or (left and not ours):
        yield from map(judge.left, left)
    elif ours != theirs and not left:
        yield judge.none_of(party, kind, ours)
    elif ours != theirs:
        yield judge.total(party, kind, ours, theirs)


_SUMS = {Party.PAYMENT: (DocumentKind.REFUND, "refunded"), Party.ERP: (DocumentKind.CREDIT_MEMO, "credited")}
