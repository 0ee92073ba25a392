"""What is sent to a running order: by our API as updates, by people from the Temporal Web UI or CLI as signals.

Names of updates: ``accept``, ``decide``, ``cancel``, and those of models/changes/request.py. Names of signals:
``approve``, ``reject``, ``cancel``, ``change``, ``withdraw_change`` (people) and
``partner_event`` (callbacks, from our own inbox). Each carries exactly one payload.
"""

from enum import StrEnum

from models.base import Identifier, Note, StrictModel, Text
from models.ids import OrderId
from models.order.order import Order
from models.order.snapshot import Headline

START_MAX = 1024 * 1024
"""The largest order, in bytes of JSON, a workflow is started with."""


class OrderStart(StrictModel):
    """What an order's workflow is started with."""

    order: Order
    received_by: Text = "api"
    """Who handed it in, for the timeline."""


class Receipt(StrictModel):
    """The first answer to a submission: the order is ours."""

    order_id: OrderId
    headline: Headline
    open_holds: tuple[Text, ...] = ()


class Verdict(StrEnum):
    """An operator's answer to a hold."""

    APPROVE = "approve"
    REJECT = "reject"


class HoldDecision(StrictModel):
    """An operator's answer to a hold, with who and why."""

    hold: Text
    """The hold's id, such as ``fraud-1``."""
    verdict: Verdict
    reason: Note
    actor: Text


class OperatorWord(StrictModel):
    """What a person types into the Web UI beside the signal ``approve`` or ``reject``."""

    hold: Text | None = None
    """May be left out where only one hold is open."""
    reason: Note
    actor: Text


class Collection(StrictModel):
    """A person at the counter says that the customer has come."""

    node: Identifier | None = None
    """Where; none: wherever something lies ready."""
    actor: Text


class Cancellation(StrictModel):
    """A wish to cancel the whole order."""

    reason: Note
    actor: Text


class Acknowledgement(StrictModel):
    """The answer to an update: what the order made of it."""

    order_id: OrderId
    headline: Headline
    text: Text
