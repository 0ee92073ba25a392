"""Where a change stands: who was asked, what each said, and what it comes to in money."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Count, StrictModel, Text
from models.changes.request import ChangeId, ChangeRequest
from models.money import Money
from models.order.document import Moment
from models.states.changing import AnswerState, ChangeState


class Party(StrEnum):
    """Who may have a say in a change."""

    POLICY = "policy"
    """Our own rules: what may be changed until when, and who may buy what."""
    STOCK = "stock"
    """Our own ledger of stock."""
    WMS = "wms"
    CARRIER = "carrier"
    PAYMENT = "payment"
    ERP = "erp"


class PartyAnswer(StrictModel):
    """What one party said to a change."""

    party: Party
    state: AnswerState = AnswerState.ASKED
    reason: Text | None = None
    """Why it declined, or what stands in the way."""
    asked_at: Moment
    answered_at: Moment | None = None


class ChangeProgress(StrictModel):
    """One change of an order."""

    id: ChangeId
    request: ChangeRequest
    state: ChangeState = ChangeState.PROPOSED
    proposed_at: Moment
    proposed_by: Text
    take_up_by: Moment
    """It expires if the order could not turn to it by then."""
    answers: Annotated[tuple[PartyAnswer, ...], Field(max_length=10)] = ()
    """In the order in which the parties were asked."""
    settled_at: Moment | None = None
    settled_by: Text | None = None
    """Who ended it: the last party to confirm, the one that declined or was silent, or a person."""
    reason: Text | None = None
    """Why it was declined, expired or withdrawn."""
    units: Count = 0
    """How many units of the line came or went; of a cancellation, those that had not left."""
    total_before: Money | None = None
    total_after: Money | None = None
    """What the customer pays for all that is, or was, to be delivered."""
    refund_due: Money | None = None
    """What the channel was told to give back of the money it holds."""

    @property
    def waiting_on(self) -> Party | None:
        """The party whose answer is awaited."""
        asked = [answer.party for answer in self.answers if answer.state is AnswerState.ASKED]
        return asked[-1] if asked and self.state is ChangeState.PROPOSED else None
