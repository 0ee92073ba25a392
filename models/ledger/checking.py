"""What must always hold of an order's journal: the invariants of money, each by its number, for tests and audits."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from models.ledger.accounts import MONEY_IN, LedgerAccount
from models.ledger.postings import EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from models.ledger.postings import Posting

_NEVER_BELOW = {
    LedgerAccount.AUTHORISED: "I1: more was captured than was authorised",
    LedgerAccount.PROVIDER: "I2: more was refunded than our provider had captured",
    LedgerAccount.CHANNEL: "I2: more was given back than the channel had taken",
    LedgerAccount.CARRIER: "I2: more was given back than the carrier had taken",
}
_CAPTURES = {EntryKind.CAPTURED, EntryKind.REDEEMED}


def balances(postings: Iterable[Posting]) -> dict[LedgerAccount, int]:
    """What stands on each account, in minor units; accounts in balance are left out."""
    found: Counter[LedgerAccount] = Counter()
    for posting in postings:
        found[posting.account] += posting.amount.amount
    return {account: amount for account, amount in found.items() if amount}


def broken(postings: Sequence[Posting], *, cancelled: bool = False) -> list[str]:
    """Say which invariants an order's journal breaks; nothing where all hold.

    Args:
        postings: in order: the order's own, then those of its returns.
        cancelled: whether the order ended without anything delivered.
    """
    return [
        *_one_currency(postings),
        *_in_balance(postings),
        *_never_below(postings),
        *_taken_after_shipment(postings),
        *(_all_given_back(postings) if cancelled else ()),
    ]


def _one_currency(postings: Sequence[Posting]) -> list[str]:
    currencies = sorted({posting.amount.currency for posting in postings})
    return [f"I6: more than one currency: {', '.join(currencies)}"] if len(currencies) > 1 else []


def _in_balance(postings: Sequence[Posting]) -> list[str]:
    sums: defaultdict[tuple[int, str], int] = defaultdict(int)
    entry, before = -1, -1
    for posting in postings:
        # The journals of an order and of its returns count their entries each for itself.
        if posting.entry != before or posting.position == 0:
            entry, before = entry + 1, posting.entry
        sums[entry, posting.amount.currency] += posting.amount.amount
    return [f"I3: an entry is out of balance by {left} {currency}" for (_, currency), left in sums.items() if left]


def _never_below(postings: Sequence[Posting]) -> list[str]:
    running: Counter[LedgerAccount] = Counter()
    found = []
    for posting in postings:
        running[posting.account] += posting.amount.amount
        problem = _NEVER_BELOW.get(posting.account)
        if problem is not None and running[posting.account] < 0 and problem not in found:
            found.append(problem)
    return found


def _taken_after_shipment(postings: Sequence[Posting]) -> list[str]:
    shipped = captured = 0
    if not any(posting.kind is EntryKind.SHIPPED for posting in postings):
        # Revenue that is earned by the invoice says nothing of shipments.
        return []
    for posting in postings:
        if posting.kind is EntryKind.SHIPPED and posting.account is LedgerAccount.UNBILLED:
            shipped += posting.amount.amount
        elif posting.kind in _CAPTURES and posting.account in MONEY_IN:
            captured += posting.amount.amount
            if captured > shipped:
                return [f"I4: {captured} was captured when {shipped} had been shipped"]
    return []


def _all_given_back(postings: Sequence[Posting]) -> list[str]:
    left = balances(postings)
    kept = sum(left.get(account, 0) for account in MONEY_IN)
    found = [f"I5: {kept} was charged for a cancelled order and is not given back"] if kept else []
    if left.get(LedgerAccount.AUTHORISED):
        found.append(f"I5: {left[LedgerAccount.AUTHORISED]} is still set aside for a cancelled order")
    return found
