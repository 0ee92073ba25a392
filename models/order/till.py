"""The till of an order: what was set aside, taken and given back, by whom; every change is written twice.

The journal it is written in is models/ledger's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.ledger import entries
from models.ledger.accounts import LedgerAccount
from models.ledger.journal import Journal
from models.ledger.postings import EntryKind
from models.ledger.tenders import Authorised, Draw, draws, held_of, refunds, returned
from models.ledger.terms import MoneyTerms
from models.money import Money
from models.order.payment_terms import PaymentTerms, TenderKind
from models.order.worth import given_back_for_goods, held_by_channel, held_for_open, kept_before
from models.states.payment import PAYMENT, PaymentState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from models.order.order import Order

_OWED_SO_FAR = {PaymentState.PENDING, PaymentState.AUTHORISED, PaymentState.PARTIALLY_CAPTURED, PaymentState.DECLINED}


class Till:
    """The customer's money, and the state of the payment."""

    def __init__(self, order: Order, now: Callable[[], datetime] | None = None) -> None:
        """Begin with what the channel says; `now` dates the entries, by default the day the order was placed."""
        zero = Money.zero(order.currency)
        self._order = order
        self._zero = zero
        self.terms = MoneyTerms()
        self.journal = Journal(order.currency, now or (lambda: order.placed_at))
        self.by_channel = order.payment.terms is PaymentTerms.PREPAID
        self.held = order.total if self.by_channel else held_by_channel(order)
        if order.cancelled_before and not order.payment.refunded:
            # Cancelled without a refund: the channel has let the money go, or never took it.
            self.held = zero
        self.held_for_open = held_for_open(order, self.held)
        """What of it there is for what we deliver: the channel may have sent some of the goods itself."""
        self._kept = kept_before(order, self.held)
        self._back_for_goods = given_back_for_goods(order)
        self.authorisations: list[Authorised] = []
        self.refunded = order.payment.refunded or zero
        self.refunded_by_provider = zero
        self._held = held_of(order, self.held)
        self._opened = False
        self._declined = False
        self._further = 0
        self.state = PAYMENT.move(PaymentState.PENDING, self._opening_state())

    def _opening_state(self) -> PaymentState:
        if not self._order.total:
            return PaymentState.NOT_REQUIRED
        if self._order.cancelled_before and not self.refunded:
            return PaymentState.VOIDED
        if self.refunded:
            return PaymentState.REFUNDED if self.refunded == self._order.total else PaymentState.PARTIALLY_REFUNDED
        if self.held == self._order.total:
            return PaymentState.CAPTURED
        return PaymentState.PENDING

    def judged(self, terms: MoneyTerms) -> None:
        """Take the rules the order goes by, and open the journal with what the channel had taken and given back.

        The first rules stay: an order that is judged again is sold by the company that began to sell it.
        """
        if self._opened:
            return
        self._opened, self.terms = True, terms
        if terms.entity is not None:
            self.journal.entity = terms.entity.name
        for held in self._held:
            self.journal.write(EntryKind.HELD, entries.paid(held.account, held.amount))
        if self.refunded:
            for account, amount in returned(self._held, self.refunded):
                self.journal.write(EntryKind.REFUNDED, entries.paid_back(account, amount))

    def changed(self, order: Order) -> None:
        """The order's document was changed: what is sold from now on is priced by this one."""
        self._order = order

    # --- set aside ------------------------------------------------------------------------------------------------

    @property
    def authorised(self) -> Money:
        """What our provider has promised and not let go of, what it has taken included."""
        return Money.sum_of((source.standing for source in self.authorisations), self._zero.currency)

    def authorise(  # noqa: PLR0913 - what an authorisation says
        self,
        amount: Money,
        *,
        key: str = "",
        reference: str = "",
        kind: TenderKind = TenderKind.CARD,
        token: str | None = None,
        expires_at: datetime | None = None,
        captures_once: bool = False,
    ) -> Authorised:
        """Our payment provider has set money aside."""
        made = Authorised(key, reference, amount, self._zero, self._zero, kind, token, expires_at, captures_once)
        self.authorisations.append(made)
        self._declined = False
        self.journal.write(EntryKind.AUTHORISED, entries.set_aside(amount), reference)
        if not self.refunded:
            # What the channel held may have paid for all that was owed before.
            taken = self.taken_by_provider or self.state is PaymentState.CAPTURED
            self._move(PaymentState.PARTIALLY_CAPTURED if taken else PaymentState.AUTHORISED)
        return made

    def decline(self) -> None:
        """Our payment provider refused."""
        self._declined = True
        if self.state in _OWED_SO_FAR:
            self._move(PaymentState.DECLINED)

    @property
    def declined(self) -> bool:
        """Whether the provider's last word was no."""
        return self._declined

    def let_go(self, source: Authorised) -> None:
        """What is left of an authorisation is no longer set aside: voided, or run out."""
        left = source.left
        source.ended = True
        self.journal.write(EntryKind.RELEASED, entries.let_go(left), source.reference)

    def void(self, *sources: Authorised) -> None:
        """These authorisations are gone; named none, it turned out that there never was one."""
        for source in sources:
            self.let_go(source)
        nothing_left = not self.set_aside and not self.taken_by_provider
        if nothing_left and not self.refunded and self.state in _OWED_SO_FAR:
            self._move(PaymentState.VOIDED)

    @property
    def set_aside(self) -> Money:
        """What can still be taken."""
        return Money.sum_of((source.left for source in self.authorisations), self._zero.currency)

    def number(self) -> int:
        """Count the authorisations asked for after the first: 1, 2, 3..., so that each has its own key."""
        self._further += 1
        return self._further

    def expired(self, now: datetime) -> list[Authorised]:
        """The authorisations that have run out with something left to take."""
        return [
            source
            for source in self.authorisations
            if source.left and source.expires_at is not None and source.expires_at <= now
        ]

    # --- taken ----------------------------------------------------------------------------------------------------

    @property
    def taken_by_provider(self) -> Money:
        """What our payment provider has taken."""
        return Money.sum_of((source.captured for source in self.authorisations), self._zero.currency)

    @property
    def captured(self) -> Money:
        """What was taken from the customer, by the channel and by our provider."""
        return self.held + self.taken_by_provider

    def draws(self, amount: Money) -> list[Draw]:
        """From which authorisations to take an amount; less than it where less is set aside."""
        return draws(self.authorisations, amount)

    def capture(self, amount: Money, *, final: bool) -> None:
        """Our provider has taken money; `final` where nothing more will be.

        Raises:
            ValueError: more than was authorised.
        """
        parts = self.draws(amount)
        if Money.sum_of((part.amount for part in parts), self._zero.currency) != amount:
            message = f"cannot capture {amount} more: {self.taken_by_provider} of {self.authorised} is taken"
            raise ValueError(message)
        for part in parts:
            self.take(part, final=final)

    def take(self, draw: Draw, *, final: bool, reference: str | None = None) -> None:
        """Our provider has taken money from one authorisation; `final` closes it.

        Raises:
            ValueError: more than was left of it.
        """
        source, amount = draw
        if source.left < amount:
            message = f"cannot capture {amount} more: {source.captured} of {source.amount} is taken"
            raise ValueError(message)
        source.captured += amount
        kind = EntryKind.CAPTURED if source.purse is LedgerAccount.PROVIDER else EntryKind.REDEEMED
        self.journal.write(kind, [*entries.paid(source.purse, amount), *entries.let_go(amount)], reference)
        if final:
            self.let_go(source)
        if not self.refunded:
            self._move(PaymentState.CAPTURED if final else PaymentState.PARTIALLY_CAPTURED)

    # --- given back ----------------------------------------------------------------------------------------------

    @property
    def returned_by_channel(self) -> Money:
        """What the channel gave back, or was told to."""
        return self.refunded - self.refunded_by_provider

    @property
    def left_for_open(self) -> Money:
        """What the channel still has of what it held for what we deliver."""
        return self.held_for_open - (self.returned_by_channel - self._back_for_goods)

    def give_back_held(self) -> Money:
        """The channel was told to give back all it holds but for what it delivered itself; answers how much that is."""
        due = max(self.held - self.returned_by_channel - self._kept, self._zero)
        if due:
            self.return_held(due)
        return due

    def refunds(self, amount: Money) -> tuple[list[Draw], Money]:
        """From where an amount goes back: our provider, last tender first; the rest the channel, as far as it goes."""
        parts = refunds(self.authorisations, amount)
        rest = amount - Money.sum_of((part.amount for part in parts), amount.currency)
        held = Money.sum_of((one.amount - one.returned for one in self._held), amount.currency)
        return parts, min(rest, held, key=lambda money: money.amount)

    def refund(self, draw: Draw, reference: str | None = None) -> None:
        """Our provider has given money back to one tender.

        Raises:
            ValueError: more than was taken from it.
        """
        source, amount = draw
        if source.captured - source.refunded < amount:
            message = f"cannot refund {amount}: {source.refunded} of {source.captured} is given back"
            raise ValueError(message)
        source.refunded += amount
        self.refunded_by_provider += amount
        self.journal.write(EntryKind.REFUNDED, entries.paid_back(source.purse, amount), reference)
        self._gave(amount)

    def return_held(self, amount: Money, reference: str | None = None) -> None:
        """The channel was told to give back so much of what it holds."""
        for account, part in returned(self._held, amount):
            self.journal.write(EntryKind.REFUNDED, entries.paid_back(account, part), reference)
        self._gave(amount)

    def _gave(self, amount: Money) -> None:
        self.refunded += amount
        whole = self.captured == self.refunded and not any(source.left for source in self.authorisations)
        self._move(PaymentState.REFUNDED if whole else PaymentState.PARTIALLY_REFUNDED)

    def _move(self, after: PaymentState) -> None:
        self.state = PAYMENT.move(self.state, after)
