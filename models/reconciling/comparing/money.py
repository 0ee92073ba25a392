"""The order, the ERP and the payment provider: what was ordered, invoiced, set aside and taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.money import Money
from models.partners.events import DisputeState
from models.reconciling.comparing.matching import match
from models.reconciling.comparing.refunds import RECONCILED
from models.reconciling.comparing.verdicts import Judge, sum_in
from models.reconciling.differences import Comparison, Remedy
from models.reconciling.documents import DocumentKind, DocumentState, Party

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from models.reconciling.books import OrderBooks
    from models.reconciling.differences import Finding
    from models.reconciling.documents import PartnerDocument


def compare_money(books: OrderBooks, documents: Sequence[PartnerDocument]) -> tuple[Finding, ...]:
    """Say what differs between an order and the documents of the ERP and the payment provider."""
    judge = Judge(Comparison.MONEY, books)
    of_kind = {kind: [found for found in documents if found.kind is kind] for kind in DocumentKind}
    return (
        *_sales_orders(judge, books, of_kind[DocumentKind.SALES_ORDER]),
        *_invoices(judge, books, of_kind[DocumentKind.INVOICE]),
        *_authorisations(judge, books, of_kind[DocumentKind.AUTHORISATION]),
        *_captures(judge, books, _not_given_back(of_kind[DocumentKind.CAPTURE], of_kind[DocumentKind.REFUND])),
        *_disputes(judge, of_kind[DocumentKind.DISPUTE]),
    )


def _sales_orders(judge: Judge, books: OrderBooks, found: Sequence[PartnerDocument]) -> Iterator[Finding]:
    # What was cancelled before we knew of it, and that we know nothing of, harms nobody.
    counted = [document for document in found if document.state != DocumentState.CANCELLED or books.expected]
    matches = match(books.of_kind(DocumentKind.SALES_ORDER), counted)
    yield from judge.duplicates(_still_open(matches.duplicates))
    for wanted in matches.missing:
        yield judge.missing(Party.ERP, wanted)
    for wanted, document in matches.pairs:
        yield from judge.currency(document)
        if wanted.state != document.state:
            yield judge.state(document, wanted.state or "")
    for document in matches.left:
        if document.state != DocumentState.CANCELLED:
            yield judge.left(document)


def _still_open(
    twice: Sequence[tuple[PartnerDocument, PartnerDocument]],
) -> Iterator[tuple[PartnerDocument, PartnerDocument]]:
    return (pair for pair in twice if pair[0].state != DocumentState.CANCELLED)


def _invoices(judge: Judge, books: OrderBooks, found: Sequence[PartnerDocument]) -> Iterator[Finding]:
    matches = match(books.of_kind(DocumentKind.INVOICE), found)
    yield from judge.duplicates(matches.duplicates)
    for wanted in matches.missing:
        yield judge.missing(Party.ERP, wanted, Remedy.POST_INVOICE)
    for wanted, document in matches.pairs:
        yield from judge.amounts(wanted, document)
    for document in matches.left:
        yield judge.left(document)
    if not matches.missing and not matches.left and any(wanted.amount is None for wanted, _ in matches.pairs):
        yield from _sum(judge, books, [document for _, document in matches.pairs])


def _sum(judge: Judge, books: OrderBooks, invoices: Sequence[PartnerDocument]) -> Iterator[Finding]:
    """Compare what we know as a sum only."""
    theirs = sum_in(invoices, books.currency)
    if books.invoiced is not None and theirs != books.invoiced:
        yield judge.total(Party.ERP, DocumentKind.INVOICE, books.invoiced, theirs)


def _authorisations(judge: Judge, books: OrderBooks, found: Sequence[PartnerDocument]) -> Iterator[Finding]:
    for document in found:
        if document.state == DocumentState.CANCELLED:
            continue
        if not books.known:
            yield judge.left(document)
        elif books.cancelled:
            yield judge.state(document, DocumentState.CANCELLED.value, at_stake=document.amount)


def _disputes(judge: Judge, found: Sequence[PartnerDocument]) -> Iterator[Finding]:
    """Every dispute is finance's until it is won, however long ago its order ended."""
    for document in found:
        if document.state != DisputeState.WON:
            yield judge.left(document, why=f": it is {(document.state or 'open').replace('_', ' ')}")


def _not_given_back(
    captures: Sequence[PartnerDocument], refunds: Sequence[PartnerDocument]
) -> Sequence[PartnerDocument]:
    """Leave out what reconciling itself has had given back."""
    settled = {refund.key.rsplit("/", 1)[1] for refund in refunds if RECONCILED in refund.key}
    return [capture for capture in captures if capture.reference not in settled]


def _captures(judge: Judge, books: OrderBooks, found: Sequence[PartnerDocument]) -> Iterator[Finding]:
    matches = match((), found)
    yield from judge.duplicates(matches.duplicates)
    ours = books.captured or Money.zero(books.currency)
    strange = [document for document in matches.left if document.amount and document.amount.currency != books.currency]
    for document in strange:
        yield from judge.currency(document) if books.known else (judge.left(document),)
    counted = [document for document in matches.left if document not in strange]
    theirs = sum_in(counted, books.currency)
    if ours == theirs:
        return
    beyond = _just_beyond(counted, ours, theirs)
    if not counted:
        yield judge.none_of(Party.PAYMENT, DocumentKind.CAPTURE, ours)
    elif beyond:
        remedy, why = (Remedy.GIVE_BACK, ", for it is cancelled") if books.cancelled else (None, "")
        for document in beyond:
            yield judge.left(document, remedy, why)
    else:
        yield judge.total(Party.PAYMENT, DocumentKind.CAPTURE, ours, theirs)


def _just_beyond(found: Sequence[PartnerDocument], ours: Money, theirs: Money) -> Sequence[PartnerDocument]:
    """Name the captures that are beyond our books: all where we have none, or the one of just that amount."""
    if not ours:
        return found
    if theirs < ours:
        return ()
    return [document for document in found if document.amount == theirs - ours][-1:]
