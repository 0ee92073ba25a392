"""The order's money: what is authorised, captured, invoiced, given back. It never captures more than was shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.money import Money
from models.order.payment_terms import PaymentTerms
from models.order.snapshot import MoneyProgress
from models.order.worth import held_by_channel
from models.states.payment import PAYMENT, PaymentState

if TYPE_CHECKING:
    from models.order.order import Order


class Account:
    """The money of one order."""

    def __init__(self, order: Order) -> None:
        """Begin with what the channel says."""
        zero = Money.zero(order.currency)
        self._order = order
        self.by_channel = order.payment.terms is PaymentTerms.PREPAID
        self.held = order.total if self.by_channel else held_by_channel(order)
        if order.cancelled_before and not order.payment.refunded:
            # Cancelled without a refund: the channel has let the money go, or never took it.
            self.held = zero
        self.authorised = zero
        self.captured = self.held
        self.refunded = order.payment.refunded or zero
        self.invoiced = zero
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

    def authorise(self, amount: Money) -> None:
        """Our payment provider has set money aside."""
        self.authorised = self.authorised + amount
        self.state = PAYMENT.move(self.state, PaymentState.AUTHORISED)

    def decline(self) -> None:
        """Our payment provider refused."""
        self.state = PAYMENT.move(self.state, PaymentState.DECLINED)

    def void(self) -> None:
        """The authorisation is gone."""
        self.authorised = Money.zero(self._order.currency)
        self.state = PAYMENT.move(self.state, PaymentState.VOIDED)

    def to_capture(self, shipped_before: Money, shipped_now: Money) -> Money:
        """What our provider has to take for goods now shipped; what the channel holds is used up first."""
        return self._beyond_held(shipped_before + shipped_now) - self._beyond_held(shipped_before)

    def _beyond_held(self, shipped: Money) -> Money:
        rest = shipped - self.held
        return rest if rest.amount > 0 else Money.zero(self._order.currency)

    def capture(self, amount: Money, *, final: bool) -> None:
        """Our provider has taken money; `final` where nothing more will be.

        Raises:
            ValueError: more than was authorised.
        """
        if self.authorised < self.captured - self.held + amount:
            message = f"cannot capture {amount} more: {self.captured - self.held} of {self.authorised} is taken"
            raise ValueError(message)
        self.captured = self.captured + amount
        after = PaymentState.CAPTURED if final else PaymentState.PARTIALLY_CAPTURED
        self.state = PAYMENT.move(self.state, after)

    def invoice(self, amount: Money) -> None:
        """An invoice was posted."""
        self.invoiced = self.invoiced + amount

    def give_back_held(self) -> Money:
        """The channel was told to give back what it holds; answers how much that is."""
        due = self.held - self.refunded
        if due:
            self.refunded = self.held
            whole = self.captured == self.refunded
            self.state = PAYMENT.move(self.state, PaymentState.REFUNDED if whole else PaymentState.PARTIALLY_REFUNDED)
        return due

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
        )
