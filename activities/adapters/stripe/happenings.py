"""What Stripe's events say in our words, whether sent to us or asked for (https://docs.stripe.com/api/events).

A payment that was declined or authorised at once needs no event: we have that as an answer. We are told of those that
waited for their customer, which are marked; and of disputes, which name a payment and no order, so that its payment
has to be looked up first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from activities.adapters.stripe.speaking.amounts import from_stripe
from activities.adapters.stripe.speaking.errors import reason_of
from activities.adapters.stripe.speaking.labels import AUTHENTICATION, KEY, ORDER
from activities.adapters.stripe.speaking.records import Dispute, Intent, Read, Seconds, Words, moment
from models.errors import InvalidInput
from models.partners.events import DisputeState, PartnerEvent, PaymentAuthorised, PaymentDisputed, PaymentFailed
from models.strict_json import field_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

_PAYMENTS: Final = (
    "payment_intent.amount_capturable_updated",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
)
_DISPUTES: Final = ("charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed")
CONCERNED: Final = (*_PAYMENTS, *_DISPUTES)
"""The events that may say something to an order."""
_STATES: Final[Mapping[str, DisputeState]] = {
    "under_review": DisputeState.UNDER_REVIEW,
    "warning_under_review": DisputeState.UNDER_REVIEW,
    "won": DisputeState.WON,
    "warning_closed": DisputeState.WON,
    "prevented": DisputeState.WON,
    "lost": DisputeState.LOST,
}
"""Any other status says that we are to answer."""
_SAID_MAX: Final = 500


class Data(Read):
    """What an event is about, as it stood then."""

    object: dict[str, Any]


class Event(Read):
    """One event."""

    id: Words
    type: Words
    created: Seconds
    data: Data


def of_payment(event: Event) -> tuple[PartnerEvent, ...]:
    """Say what became of a payment that waited for its customer; empty for any other event.

    Raises:
        InvalidInput: it is about a payment of ours and cannot be read.
    """
    if event.type not in _PAYMENTS or AUTHENTICATION not in _metadata(event):
        return ()
    try:
        intent = Intent.model_validate(event.data.object)
        marked = {
            "event_id": event.id,
            "order_id": intent.metadata.get(ORDER, ""),
            "occurred_at": moment(event.created),
            "authorisation": intent.id,
            "key": intent.metadata.get(KEY, ""),
        }
        if event.type == _PAYMENTS[0]:
            return (PaymentAuthorised.model_validate(marked),)
        return (PaymentFailed.model_validate(marked | _why(intent)),)
    except ValidationError as error:
        raise InvalidInput(field_errors(error)) from error


def _metadata(event: Event) -> Mapping[str, object]:
    metadata = event.data.object.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _why(intent: Intent) -> dict[str, str]:
    error = intent.last_payment_error
    if intent.status == "canceled" or error is None:
        return {"code": "authorisation_closed", "reason": f"{intent.id} was let go"}
    code = reason_of(error.code or "", error.decline_code or "")
    return {"code": code, "reason": (error.message or code)[:_SAID_MAX]}


def dispute_of(event: Event) -> Dispute | None:
    """The dispute an event is about; none where it is about another thing.

    Raises:
        InvalidInput: it cannot be read.
    """
    if event.type not in _DISPUTES:
        return None
    try:
        return Dispute.model_validate(event.data.object)
    except ValidationError as error:
        raise InvalidInput(field_errors(error)) from error


def state_of(dispute: Dispute) -> DisputeState:
    """Where a dispute stands."""
    return _STATES.get(dispute.status, DisputeState.OPENED)


def disputed(event: Event, dispute: Dispute, intent: Intent) -> PaymentDisputed:
    """Say that an order's payment is disputed, or what came of it."""
    due = dispute.evidence_details.due_by if dispute.evidence_details else None
    return PaymentDisputed(
        event_id=event.id,
        order_id=intent.metadata[ORDER],
        occurred_at=moment(event.created),
        dispute=dispute.id,
        authorisation=intent.id,
        amount=from_stripe(dispute.amount, dispute.currency),
        reason=dispute.reason,
        state=state_of(dispute),
        answer_by=moment(due) if due else None,
    )
