"""What is sent to a running return, by our API as updates and by people as signals; each carries one payload.

Updates: ``accept``, ``receive``, ``inspect``, ``decide``, ``withdraw``. Signals: ``receive``, ``inspect``, ``approve``,
``reject``, ``withdraw`` (people) and ``partner_event`` (the carrier, from our own inbox).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.base import Count, Identifier, Note, Quantity, Sku, StrictModel, Text
from models.ids import ReturnId
from models.messages import HoldDecision, OperatorWord
from models.money import Money
from models.policy.returns import Disposition
from models.returns.case import ReturnCase
from models.returns.request import LINES_MAX, Condition
from models.states.returning import ReturnState
from models.stock.quantities import LotId


class ReturnStart(StrictModel):
    """What a return's workflow is started with."""

    case: ReturnCase


class ReceivedLine(StrictModel):
    """So many of an article that have come."""

    sku: Sku
    quantity: Quantity
    line_id: Identifier | None = None
    """Which line it is meant to be; none: the one that announced the article."""
    lot: LotId = ""


class GoodsReceipt(StrictModel):
    """What has come, as the node counted it."""

    receipt_id: Identifier
    """The node's own number; the same receipt sent again changes nothing."""
    node: Identifier
    lines: Annotated[tuple[ReceivedLine, ...], Field(min_length=1, max_length=LINES_MAX)]
    actor: Text


class InspectedLine(StrictModel):
    """What an inspector found about so many of a line."""

    line_id: Identifier
    grade: Condition
    quantity: Quantity
    accepted: bool = True
    """Whether something is given for them."""
    disposition: Disposition | None = None
    """Where they go; none: where policy says. Another than policy's needs a reason."""
    reason: Note | None = None


class Inspection(StrictModel):
    """What was found."""

    inspection_id: Identifier
    lines: Annotated[tuple[InspectedLine, ...], Field(min_length=1, max_length=LINES_MAX)]
    actor: Text


class ReturnDecision(HoldDecision):
    """An operator's answer to a hold of a return."""

    amount: Money | None = None
    """How much is given, where the hold is about money: at most what it names; none: just that."""


class ReturnWord(OperatorWord):
    """What a person types into the Web UI beside the signal ``approve`` or ``reject``."""

    amount: Money | None = None


class ReturnAcknowledgement(StrictModel):
    """The answer to an update: what the return made of it."""

    return_id: ReturnId
    state: ReturnState
    text: Text
    open_holds: tuple[Text, ...] = ()
    expected: Count = 0
    """How many units are still to come."""
