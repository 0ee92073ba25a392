"""The journal of one order, or of one return: it takes only entries that balance. Pure: the caller brings the time."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from models.errors import OrderloomError
from models.ledger.postings import EntryKind, Leg, Posting
from models.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from models.ledger.accounts import LedgerAccount

HOUSE = "house"
"""The one selling company of a seller that names none."""
_TEXT_MAX = 500


class Unbalanced(OrderloomError):
    """An entry whose sides do not sum to zero, or that mixes currencies: a bug in our code."""


class Journal:
    """Entries in the order they were made."""

    def __init__(self, currency: str, now: Callable[[], datetime], entity: str = HOUSE) -> None:
        """Begin empty; `now` is asked for the posting date of every entry."""
        self._currency = currency
        self._now = now
        self.entity = entity
        self._postings: list[Posting] = []
        self._entries = 0
        self._written = 0
        self._balances: Counter[LedgerAccount] = Counter()

    def write(self, kind: EntryKind, legs: Iterable[Leg], reference: str | None = None) -> None:
        """Write one entry; a side of nothing is left out, and so is an entry of nothing.

        Raises:
            Unbalanced: the sides do not sum to zero, or one is in another currency.
        """
        sides = [leg for leg in legs if leg.amount]
        if any(leg.amount.currency != self._currency for leg in sides):
            message = f"an entry {kind.value} in another currency than {self._currency}"
            raise Unbalanced(message)
        left = sum(leg.amount.amount for leg in sides)
        if left:
            message = f"an entry {kind.value} is out of balance by {left} minor units"
            raise Unbalanced(message)
        if not sides:
            return
        at = self._now()
        for leg in sides:
            self._postings.append(
                Posting(
                    position=len(self._postings),
                    entry=self._entries,
                    at=at,
                    kind=kind,
                    account=leg.account,
                    amount=leg.amount,
                    tax=leg.tax,
                    entity=self.entity,
                    reference=reference[:_TEXT_MAX] if reference else None,
                )
            )
            self._balances[leg.account] += leg.amount.amount
        self._entries += 1

    def balance(self, account: LedgerAccount) -> Money:
        """What stands on an account: a debit is positive."""
        return Money(amount=self._balances[account], currency=self._currency)

    @property
    def all(self) -> tuple[Posting, ...]:
        """Every posting there is."""
        return tuple(self._postings)

    def take_new(self) -> tuple[Posting, ...]:
        """The postings since this was last asked."""
        new = tuple(self._postings[self._written :])
        self._written = len(self._postings)
        return new
