"""What the API shows of where an order's money is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from models.order.account import Account
from models.order.payment_terms import PaymentTerms
from models.states.payment import PaymentState

if TYPE_CHECKING:
    from activities.records.orders import OrderView
    from activities.records.returns import OrderReturns


class PaymentView(BaseModel):
    """Where the money is, in minor units of the order's currency."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    terms: PaymentTerms
    state: PaymentState
    authorised: int
    captured: int
    """What was taken from the customer, by our payment provider or by the channel."""
    held_by_channel: int
    """The part of `captured` that the channel took: all of it for a prepaid order, gift cards for others."""
    refunded: int
    """By the order itself, and by its returns."""
    credited: int
    """Given for returns as the customer's credit, or taken off what he owes."""
    invoiced: int
    written_off: int
    """Given up of what was owed."""
    owed: int | None
    """What the customer owes for all that was shipped, returns left out; below zero where he has paid ahead."""
    by: Literal["channel", "payment_provider"]
    """Who takes the money."""


def payment_of(view: OrderView, returned: OrderReturns | None) -> PaymentView:
    """Show where it is, what its returns were given among it."""
    money = view.snapshot.money if view.snapshot else Account(view.order).progress()
    back = returned.refunded if returned else 0
    refunded = money.refunded.amount + back
    state = money.state
    if back and money.captured.amount:
        state = PaymentState.REFUNDED if refunded >= money.captured.amount else PaymentState.PARTIALLY_REFUNDED
    return PaymentView(
        terms=view.order.payment.terms,
        state=state,
        authorised=money.authorised.amount,
        captured=money.captured.amount,
        held_by_channel=money.held_by_channel.amount if money.held_by_channel else 0,
        refunded=refunded,
        credited=returned.credited if returned else 0,
        invoiced=money.invoiced.amount,
        written_off=money.written_off.amount if money.written_off else 0,
        owed=money.owed.amount if money.owed is not None else None,
        by="channel" if money.by_channel else "payment_provider",
    )
