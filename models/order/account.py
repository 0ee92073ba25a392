"""The order's money: what is sold, invoiced and owed, over what its till took. It never captures more than was shipped.

Every change of it is written twice, in the order's journal (models/ledger).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.ledger import entries
from models.ledger.accounts import LedgerAccount
from models.ledger.postings import EntryKind
from models.ledger.sales import Sale, sold_between
from models.ledger.terms import RevenueTime
from models.order.snapshot import HeldMoney, MoneyProgress, TenderProgress
from models.order.till import Till

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from models.ledger.tenders import Authorised
    from models.money import Money
    from models.order.order import Order


class Account(Till):
    """The money of one order."""

    def __init__(self, order: Order, now: Callable[[], datetime] | None = None) -> None:
        """Begin with what the channel says; `now` dates the entries, by default the day the order was placed."""
        super().__init__(order, now)
        self.invoiced = self._zero
        self.credited = self._zero
        self.written_off = self._zero
        self.net_days = order.payment.net_days or 0
        """Until an invoice is due: the order's own, or the customer's as the ERP has it."""
        self._sold: dict[str, int] = {}
        self._last: tuple[Order, dict[str, int], dict[str, int], Sale] | None = None
        self._billed: dict[str, int] = {}

    def to_capture(self, shipped_before: Money, shipped_now: Money) -> Money:
        """What our provider has to take for goods now shipped; what the channel holds is used up first."""
        return self._beyond_held(shipped_before + shipped_now) - self._beyond_held(shipped_before)

    def _beyond_held(self, shipped: Money) -> Money:
        rest = shipped - self.held_for_open
        return rest if rest.amount > 0 else self._zero

    def collect(self, amount: Money, reference: str | None = None) -> None:
        """The carrier took the money at the door."""
        self.journal.write(EntryKind.COLLECTED, entries.paid(LedgerAccount.CARRIER, amount), reference)

    # --- sold and invoiced ----------------------------------------------------------------------------------------

    def sell(self, quantities: Mapping[str, int], reference: str | None = None) -> None:
        """So many of each line have left us in all: what is new counts as earned, where policy says so."""
        before, self._sold = self._sold, dict(quantities)
        if self.terms.revenue is RevenueTime.SHIPMENT and before != self._sold:
            sale = self._between(before, self._sold)
            self.journal.write(EntryKind.SHIPPED, entries.earned(sale, LedgerAccount.UNBILLED), reference)

    def to_bill(self) -> Sale:
        """What was sold and stands on no invoice yet; from now on it does."""
        before, self._billed = self._billed, dict(self._sold)
        return self._between(before, self._billed)

    def invoice(self, sale: Sale, reference: str | None = None) -> None:
        """An invoice was posted."""
        total = sale.whole.total
        self.invoiced += total
        earned_before = self.terms.revenue is RevenueTime.SHIPMENT
        legs = entries.billed(total) if earned_before else entries.earned(sale, LedgerAccount.RECEIVABLE)
        self.journal.write(EntryKind.INVOICED, legs, reference)

    # --- taken back, given up -------------------------------------------------------------------------------------

    def credit(self, amount: Money, reference: str | None = None) -> None:
        """A credit memo was posted: net and tax are taken back in the proportion in which they were earned."""
        earned = self._between({}, self._sold).whole
        weights = [max(part.amount, 0) for part in (earned.net, *(tax.amount for tax in earned.taxes))]
        net, *taxes = amount.allocate(weights)
        coded = zip((tax.code for tax in earned.taxes), taxes, strict=True)
        self.credited += amount
        self.journal.write(EntryKind.CREDITED, entries.credited(net, coded, self._zero), reference)

    def write_off(self, amount: Money) -> None:
        """So much of what is owed is given up; below zero where it is a rounding in our favour."""
        self.written_off += amount
        self.journal.write(EntryKind.WRITTEN_OFF, entries.written_off(amount))

    @property
    def owed(self) -> Money:
        """What the customer owes us for all that left us; below zero where he has paid ahead."""
        return self.journal.balance(LedgerAccount.RECEIVABLE) + self.journal.balance(LedgerAccount.UNBILLED)

    def _between(self, before: dict[str, int], now: dict[str, int]) -> Sale:
        """What was sold between two counts; most shipments are invoiced at once, and need it worked out once."""
        if self._last is None or self._last[:3] != (self._order, before, now):
            self._last = (self._order, before, now, sold_between(self._order, before, now, self.terms.freight))
        return self._last[3]

    def progress(self) -> MoneyProgress:
        """How much is where."""
        return MoneyProgress(
            state=self.state,
            authorised=self.authorised,
            captured=self.captured,
            refunded=self.refunded,
            invoiced=self.invoiced,
            held_by_channel=self.held,
            by_channel=self.by_channel,
            refunded_by_provider=self.refunded_by_provider,
            credited=self.credited,
            written_off=self.written_off,
            owed=self.owed,
            tenders=tuple(_tender(source) for source in self.authorisations),
            held=tuple(HeldMoney(account=one.account, amount=one.amount, returned=one.returned) for one in self._held),
            entity=self.terms.entity,
        )


def _tender(source: Authorised) -> TenderProgress:
    return TenderProgress(
        kind=source.kind,
        reference=source.reference or None,
        authorised=source.standing,
        captured=source.captured,
        refunded=source.refunded,
        expires_at=source.expires_at,
    )
