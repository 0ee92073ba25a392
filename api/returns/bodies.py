"""What is told about a return over HTTP; who tells it is known from his key."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.base import Identifier, Note, StrictModel, Text
from models.messages import Verdict
from models.money import Money
from models.returns.messages import InspectedLine, ReceivedLine
from models.returns.request import LINES_MAX, LooseReturnRequest, ReturnRequest


class ReceiptBody(StrictModel):
    """What has come."""

    receipt_id: Identifier
    """The node's own number; the same receipt sent again changes nothing."""
    node: Identifier
    lines: Annotated[tuple[ReceivedLine, ...], Field(min_length=1, max_length=LINES_MAX)]


class InspectionBody(StrictModel):
    """What was found."""

    inspection_id: Identifier
    """The inspector's own number; the same inspection sent again changes nothing."""
    lines: Annotated[tuple[InspectedLine, ...], Field(min_length=1, max_length=LINES_MAX)]


class ReturnDecisionBody(StrictModel):
    """The answer to a hold."""

    hold: Text | None = None
    """May be left out where only one hold is open."""
    decision: Verdict
    reason: Note
    amount: Money | None = None
    """How much is given, where the hold is about money: at most what it names; none: just that."""


class WithdrawalBody(StrictModel):
    """Why what has not come is not waited for any longer."""

    reason: Note


BODIES = (ReturnRequest, LooseReturnRequest, ReceiptBody, InspectionBody, ReturnDecisionBody, WithdrawalBody)
"""Schemas of what is read by hand."""
