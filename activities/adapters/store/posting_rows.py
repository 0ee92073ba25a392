"""Postings as rows, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.ledger.accounts import LedgerAccount
from models.ledger.postings import EntryKind, Posting
from models.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Row


def posting_rows(postings: Iterable[Posting], **owner: str) -> list[dict[str, object]]:
    """Every posting as a row of its owner: ``order_id=...`` or ``return_id=...``."""
    return [
        {
            **owner,
            "position": posting.position,
            "entry": posting.entry,
            "at": posting.at,
            "kind": posting.kind.value,
            "account": posting.account.value,
            "amount": posting.amount.amount,
            "currency": posting.amount.currency,
            "tax": posting.tax,
            "entity": posting.entity,
            "reference": posting.reference,
        }
        for posting in postings
    ]


def posting_of(row: Row[*tuple[Any, ...]]) -> Posting:
    """A posting as it was written."""
    return Posting(
        position=row.position,
        entry=row.entry,
        at=row.at,
        kind=EntryKind(row.kind),
        account=LedgerAccount(row.account),
        amount=Money(amount=row.amount, currency=row.currency),
        tax=row.tax,
        entity=row.entity,
        reference=row.reference,
    )
