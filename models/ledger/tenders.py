"""Where a customer's money comes from: authorisations at our provider, and what the channel holds; and in what order.

A gift card or credit is spent before a card. Money is drawn in that order, and given back in reverse to where it came
from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from models.ledger.accounts import LedgerAccount
from models.ledger.entries import purse
from models.money import Money
from models.order.payment_terms import Tender, TenderKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from models.order.order import Order

_FIRST = (TenderKind.GIFT_CARD, TenderKind.STORE_CREDIT)


class Wanted(NamedTuple):
    """What is to be authorised of one tender."""

    kind: TenderKind
    amount: Money
    token: str | None


@dataclass
class Authorised:
    """One authorisation at our payment provider."""

    key: str
    """Under which it was asked for."""
    reference: str
    """What the provider calls it."""
    amount: Money
    captured: Money
    refunded: Money
    kind: TenderKind = TenderKind.CARD
    token: str | None = None
    expires_at: datetime | None = None
    captures_once: bool = False
    """The provider lets go of what is left at the first capture."""
    ended: bool = False
    """Nothing more can be taken: let go, run out, or closed by its last capture."""

    @property
    def left(self) -> Money:
        """What can still be taken."""
        return Money.zero(self.amount.currency) if self.ended else self.amount - self.captured

    @property
    def standing(self) -> Money:
        """What the provider has promised and not let go of: all of it, or what was taken once it has ended."""
        return self.captured if self.ended else self.amount

    @property
    def purse(self) -> LedgerAccount:
        """The account its money is at once it is taken."""
        return purse(self.kind, LedgerAccount.PROVIDER)


@dataclass
class Held:
    """Money the channel took."""

    account: LedgerAccount
    amount: Money
    returned: Money


class Draw(NamedTuple):
    """So much of one authorisation."""

    source: Authorised
    amount: Money


def wanted_of(order: Order, amount: Money) -> tuple[Wanted, ...]:
    """Share out what has to be authorised over the tenders we take ourselves: gift cards and credit first.

    Where the channel names no tender, or too little, the last one bears the rest.
    """
    if not amount:
        return ()
    tenders = [tender for tender in order.payment.tenders if not tender.captured]
    tenders.sort(key=lambda tender: tender.kind not in _FIRST)
    if not tenders:
        return (Wanted(TenderKind.OTHER, amount, None),)
    parts = _poured(amount, [tender.amount for tender in tenders])
    parts[-1] += amount - Money.sum_of(parts, amount.currency)
    return tuple(Wanted(tender.kind, part, tender.token) for tender, part in zip(tenders, parts, strict=True) if part)


def held_of(order: Order, held: Money) -> list[Held]:
    """Where the money is that the channel took: by its tenders, and the rest with the channel itself."""
    zero = Money.zero(held.currency)
    tenders = sorted(_taken(order.payment.tenders), key=lambda tender: tender.kind not in _FIRST)
    parts = _poured(held, [tender.amount for tender in tenders])
    found = [
        Held(purse(tender.kind, LedgerAccount.CHANNEL), part, zero)
        for tender, part in zip(tenders, parts, strict=True)
        if part
    ]
    rest = held - Money.sum_of(parts, held.currency)
    return [*found, Held(LedgerAccount.CHANNEL, rest, zero)] if rest else found


def draws(sources: Iterable[Authorised], amount: Money) -> list[Draw]:
    """Take an amount, the first tender's money first; less where there is less."""
    live = list(sources)
    parts = _poured(amount, [source.left for source in live])
    return [Draw(source, part) for source, part in zip(live, parts, strict=True) if part]


def refunds(sources: Sequence[Authorised], amount: Money) -> list[Draw]:
    """Give an amount back to where it came from, the last tender first; less where less was taken."""
    backwards = list(reversed(sources))
    parts = _poured(amount, [source.captured - source.refunded for source in backwards])
    return [Draw(source, part) for source, part in zip(backwards, parts, strict=True) if part]


def returned(held: Sequence[Held], amount: Money) -> list[tuple[LedgerAccount, Money]]:
    """Give back what the channel holds, the last tender first; notes it."""
    backwards = list(reversed(held))
    parts = _poured(amount, [one.amount - one.returned for one in backwards])
    for one, part in zip(backwards, parts, strict=True):
        one.returned += part
    return [(one.account, part) for one, part in zip(backwards, parts, strict=True) if part]


def windowed(vessels: Sequence[Money], before: Money, amount: Money) -> list[Money]:
    """Fill vessels one after another with `amount`, as if `before` had been poured into them already."""
    first = _poured(before, vessels)
    return _poured(amount, [vessel - taken for vessel, taken in zip(vessels, first, strict=True)])


def _taken(tenders: Iterable[Tender]) -> list[Tender]:
    return [tender for tender in tenders if tender.captured]


def _poured(amount: Money, vessels: Sequence[Money]) -> list[Money]:
    """Fill one vessel after another; what does not fit is left over."""
    rest, parts = amount, []
    for vessel in vessels:
        part = min(vessel, rest)
        parts.append(part)
        rest -= part
    return parts
