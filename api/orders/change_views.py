"""What the API reads and shows of an order's changes. No view holds an address."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from pydantic import RootModel

from api.orders.views import View, order_path
from models.changes.progress import ChangeProgress, Party
from models.changes.request import CancelLine, CancelQuantity, ChangeKind, ChangeQuantity, ChangeRequest, ChangeService
from models.money import Money
from models.order.document import ServiceLevel
from models.states.changing import AnswerState, ChangeState

if TYPE_CHECKING:
    from models.changes.request import ChangeReceipt


class ChangeBody(RootModel[ChangeRequest]):
    """What is to be changed; `kind` says what else has to stand here."""


def change_path(order_id: str, change: str) -> str:
    """Where a change is found."""
    return f"{order_path(order_id)}/changes/{change}"


class ChangeAnswer(View):
    """What an order made of a wish to change it, or of taking that back."""

    id: str
    order_id: str
    status: ChangeState
    message: str
    location: str

    @classmethod
    def of(cls, receipt: ChangeReceipt) -> Self:
        """Say what the order said."""
        return cls(
            id=receipt.change,
            order_id=receipt.order_id,
            status=receipt.state,
            message=receipt.text,
            location=change_path(receipt.order_id, receipt.change),
        )


class PartyView(View):
    """What one party said."""

    party: Party
    status: AnswerState
    reason: str | None
    asked_at: datetime
    answered_at: datetime | None


class ChangeView(View):
    """One change of an order."""

    id: str
    order_id: str
    kind: ChangeKind
    status: ChangeState
    line_id: str | None
    quantity: int | None
    """As it was wished: the new quantity of the line, or how many units are to be cancelled."""
    service_level: ServiceLevel | None
    wish: str
    """Why it was wished."""
    proposed_at: datetime
    proposed_by: str
    take_up_by: datetime
    """It expires if the order could not turn to it by then."""
    waiting_on: Party | None
    parties: list[PartyView]
    """In the order in which they were asked."""
    settled_at: datetime | None
    settled_by: str | None
    reason: str | None
    """Why it was declined, expired or withdrawn."""
    units: int
    """How many units came or went; of a cancellation, those that had not left."""
    total_before: Money | None
    total_after: Money | None
    refund_due: Money | None
    """What the channel was told to give back."""

    @classmethod
    def of(cls, order_id: str, change: ChangeProgress) -> Self:
        """Show a change."""
        request = change.request
        return cls(
            id=change.id,
            order_id=order_id,
            kind=request.kind,
            status=change.state,
            line_id=request.line_id if isinstance(request, ChangeQuantity | CancelQuantity | CancelLine) else None,
            quantity=request.quantity if isinstance(request, ChangeQuantity | CancelQuantity) else None,
            service_level=request.service_level if isinstance(request, ChangeService) else None,
            wish=request.reason,
            proposed_at=change.proposed_at.astimezone(UTC),
            proposed_by=change.proposed_by,
            take_up_by=change.take_up_by.astimezone(UTC),
            waiting_on=change.waiting_on,
            parties=[
                PartyView(
                    party=answer.party,
                    status=answer.state,
                    reason=answer.reason,
                    asked_at=answer.asked_at,
                    answered_at=answer.answered_at,
                )
                for answer in change.answers
            ],
            settled_at=change.settled_at,
            settled_by=change.settled_by,
            reason=change.reason,
            units=change.units,
            total_before=change.total_before,
            total_after=change.total_after,
            refund_due=change.refund_due,
        )


class ChangeList(View):
    """All changes of an order, the oldest first."""

    order_id: str
    changes: list[ChangeView]
