"""What all comparisons say in the same words: missing, left over, twice, and different in amount, currency or state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.money import Money
from models.reconciling.differences import DifferenceKind, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from models.reconciling.books import Expected, OrderBooks
    from models.reconciling.differences import Comparison, Remedy
    from models.reconciling.documents import DocumentKind, PartnerDocument, Party


class Judge:
    """Words findings about one order in one comparison."""

    def __init__(self, comparison: Comparison, books: OrderBooks) -> None:
        """Judge these books."""
        self._comparison = comparison
        self._books = books

    def missing(self, party: Party, wanted: Expected, remedy: Remedy | None = None) -> Finding:
        """We expect it, and the partner has none."""
        return self._finding(
            DifferenceKind.MISSING_AT_PARTNER,
            party,
            wanted.kind,
            wanted.subject,
            reference=wanted.reference,
            ours=wanted.amount,
            our_state=wanted.state,
            place=wanted.place,
            at_stake=wanted.amount,
            reason=f"we have {_said(wanted.kind)} {wanted.reference or wanted.key}, and {party.value} has none",
            remedy=remedy,
        )

    def left(self, found: PartnerDocument, remedy: Remedy | None = None, why: str = "") -> Finding:
        """The partner has it, and we expect none."""
        orphan = not self._books.known
        whose = f"for {found.order_id}, which we do not have" if found.order_id else "for no order"
        here = whose if orphan else "and our order knows of none"
        return self._finding(
            DifferenceKind.ORPHAN if orphan else DifferenceKind.MISSING_HERE,
            found.party,
            found.kind,
            found.key or found.reference,
            reference=found.reference,
            theirs=found.amount,
            their_state=found.state,
            at_stake=found.amount,
            reason=f"{found.party.value} has {_named(found)} {here}{why}",
            remedy=None if orphan else remedy,
        )

    def duplicates(self, twice: Iterable[tuple[PartnerDocument, PartnerDocument]]) -> Iterator[Finding]:
        """The partner has it more than once."""
        for again, first in twice:
            yield self._finding(
                DifferenceKind.DUPLICATE,
                again.party,
                again.kind,
                again.reference,
                reference=again.reference,
                ours=first.amount,
                theirs=again.amount,
                at_stake=again.amount,
                reason=f"{again.party.value} has {_said(again.kind)} {first.reference} again as {again.reference}",
            )

    def amounts(self, wanted: Expected, found: PartnerDocument) -> Iterator[Finding]:
        """Both have it; the money may differ."""
        ours, theirs = wanted.amount, found.amount
        if ours is None or theirs is None or ours == theirs:
            return
        kind = DifferenceKind.AMOUNT_DIFFERS if ours.currency == theirs.currency else DifferenceKind.CURRENCY_DIFFERS
        yield self._finding(
            kind,
            found.party,
            found.kind,
            wanted.subject,
            reference=found.reference,
            ours=ours,
            theirs=theirs,
            at_stake=apart(ours, theirs),
            reason=f"{_named(found)} is {ours} here and {theirs} at {found.party.value}",
        )

    def total(self, party: Party, kind: DocumentKind, ours: Money, theirs: Money) -> Finding:
        """All documents of a kind come to something else than our books have."""
        return self._finding(
            DifferenceKind.AMOUNT_DIFFERS,
            party,
            kind,
            f"{self._books.order_id}/{kind.value}",
            ours=ours,
            theirs=theirs,
            at_stake=apart(ours, theirs),
            reason=f"all {_said(kind)}s come to {ours} here and to {theirs} at {party.value}",
        )

    def none_of(self, party: Party, kind: DocumentKind, ours: Money) -> Finding:
        """Our books have money of a kind, and the partner has none of it."""
        return self._finding(
            DifferenceKind.MISSING_AT_PARTNER,
            party,
            kind,
            f"{self._books.order_id}/{kind.value}",
            ours=ours,
            at_stake=ours,
            reason=f"our books have a {_said(kind)} of {ours}, and {party.value} has none",
        )

    def state(
        self,
        found: PartnerDocument,
        our_state: str,
        *,
        subject: str = "",
        at_stake: Money | None = None,
        remedy: Remedy | None = None,
    ) -> Finding:
        """Both have it, in different states."""
        return self._finding(
            DifferenceKind.STATE_DIFFERS,
            found.party,
            found.kind,
            subject or found.key or found.reference,
            reference=found.reference,
            our_state=our_state,
            their_state=found.state,
            at_stake=at_stake,
            reason=f"{_named(found)} is {our_state} here and {found.state} at {found.party.value}",
            remedy=remedy,
        )

    def currency(self, found: PartnerDocument) -> Iterator[Finding]:
        """Money of another currency than the order's is nothing to add up."""
        if found.amount is not None and found.amount.currency != self._books.currency:
            yield self._finding(
                DifferenceKind.CURRENCY_DIFFERS,
                found.party,
                found.kind,
                found.key or found.reference,
                reference=found.reference,
                theirs=found.amount,
                at_stake=found.amount,
                reason=f"{_named(found)} is {found.amount}; the order is in {self._books.currency}",
            )

    def _finding(
        self, kind: DifferenceKind, party: Party, document: DocumentKind, subject: str, **more: object
    ) -> Finding:
        said = {name: value for name, value in more.items() if value is not None}
        whole = {
            "comparison": self._comparison,
            "kind": kind,
            "party": party,
            "document": document,
            "order_id": self._books.order_id,
            "subject": subject,
        }
        return Finding.model_validate(whole | said)


def apart(one: Money, other: Money) -> Money:
    """How far two amounts are apart; in two currencies all of the second."""
    if one.currency != other.currency:
        return other
    return one - other if other < one else other - one


def sum_in(documents: Iterable[PartnerDocument], currency: str) -> Money:
    """What documents come to in a currency; those in another one are not counted."""
    amounts = (document.amount for document in documents)
    return Money.sum_of((amount for amount in amounts if amount and amount.currency == currency), currency)


def _said(kind: DocumentKind) -> str:
    return kind.value.replace("_", " ")


def _named(document: PartnerDocument) -> str:
    return f"{_said(document.kind)} {document.reference}"
