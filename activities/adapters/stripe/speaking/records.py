"""What we read of Stripe's objects: of each only what we go by, and that strictly (https://docs.stripe.com/api)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item", bound=BaseModel)


class Read(BaseModel):
    """Part of an object: what else it has is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


Seconds = Annotated[int, Field(ge=0, le=10**11)]
"""Since 1970."""
Minor = Annotated[int, Field(ge=0, le=10**15)]
Words = Annotated[str, Field(max_length=5000)]
Metadata = dict[str, Words]


class CardDetails(Read):
    """Of a charge's card."""

    capture_before: Seconds | None = None


class MethodDetails(Read):
    """Of a charge's payment method."""

    card: CardDetails | None = None


class Charge(Read):
    """An attempt to take money: set aside, taken or failed."""

    id: Words
    status: Words
    amount: Minor
    captured: bool
    amount_captured: Minor = 0
    amount_refunded: Minor = 0
    disputed: bool = False
    created: Seconds
    payment_method_details: MethodDetails | None = None


class PaymentError(Read):
    """Why the last attempt failed."""

    code: Words | None = None
    decline_code: Words | None = None
    message: Words | None = None


class Redirect(Read):
    """Where the customer goes."""

    url: Words | None = None


class NextAction(Read):
    """What the customer has to do."""

    redirect_to_url: Redirect | None = None


class Intent(Read):
    """A PaymentIntent: one authorisation of ours, its capture included."""

    id: Words
    status: Words
    amount: Minor
    amount_capturable: Minor = 0
    amount_received: Minor = 0
    currency: Words
    created: Seconds
    metadata: Metadata = {}
    latest_charge: Charge | Words | None = None
    last_payment_error: PaymentError | None = None
    next_action: NextAction | None = None
    cancellation_reason: Words | None = None

    @property
    def charge(self) -> Charge | None:
        """The last attempt, where it was asked for with the intent."""
        return self.latest_charge if isinstance(self.latest_charge, Charge) else None


class Refund(Read):
    """Money given back."""

    id: Words
    status: Words | None = None
    amount: Minor
    currency: Words
    created: Seconds
    metadata: Metadata = {}
    payment_intent: Words | None = None
    failure_reason: Words | None = None


class EvidenceDetails(Read):
    """Of the evidence a dispute is answered with."""

    due_by: Seconds | None = None


class Dispute(Read):
    """A customer's complaint to his bank."""

    id: Words
    status: Words
    amount: Minor
    currency: Words
    reason: Words
    created: Seconds
    charge: Words | None = None
    payment_intent: Words | None = None
    evidence_details: EvidenceDetails | None = None


class Named(Read):
    """Any object of which no more is needed than that it is there."""

    id: Words


class PaymentMethod(Named):
    """A card, or another means to pay."""

    customer: Words | None = None


class Page(Read, Generic[Item]):
    """Some of a list, newest first."""

    data: list[Item]
    has_more: bool = False


def moment(seconds: int) -> datetime:
    """When that was."""
    return datetime.fromtimestamp(seconds, UTC)
