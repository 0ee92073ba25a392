"""What the order's workflow writes down at each change: the whole of its state, and what is new in its story."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Count, Identifier, Quantity, Sku, StrictModel, Text
from models.ids import OrderId
from models.money import Money
from models.order.document import Moment
from models.policy.decision import Decision
from models.states.fulfilment import FulfilmentState, ShipmentState
from models.states.hold import Hold
from models.states.lifecycle import Lifecycle
from models.states.payment import PaymentState


class Headline(StrEnum):
    """The one word an operator sees; derived from all dimensions (models/order/headline.py)."""

    RECEIVED = "received"
    VALIDATING = "validating"
    ACCEPTED = "accepted"
    ON_HOLD = "on_hold"
    BACKORDERED = "backordered"
    IN_FULFILMENT = "in_fulfilment"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class LineProgress(StrictModel):
    """How many of a line are where."""

    line_id: Identifier
    sku: Sku
    ordered: Quantity
    reserved: Count = 0
    backordered: Count = 0
    released: Count = 0
    short: Count = 0
    shipped: Count = 0
    delivered: Count = 0
    cancelled: Count = 0
    invoiced: Count = 0


class ShipmentProgress(StrictModel):
    """One parcel."""

    shipment_id: Identifier
    node: Identifier
    carrier: Text
    tracking_number: Text
    state: ShipmentState
    value: Money
    """What the customer pays for what is in it, its share of shipping and charges with it."""


class MoneyProgress(StrictModel):
    """How much is where. For a prepaid order `captured` is what the channel holds."""

    state: PaymentState
    authorised: Money
    captured: Money
    refunded: Money
    invoiced: Money
    held_by_channel: Money | None = None
    """The part of `captured` that the channel, not our payment provider, took: all of it for a prepaid order."""
    by_channel: bool = False
    """Whether the channel, not our payment provider, takes and gives back the money."""


class TimelineKind(StrEnum):
    """What sort of thing happened, for filters and icons."""

    STEP = "step"
    HOLD = "hold"
    DECISION = "decision"
    PARTNER = "partner"
    OPERATOR = "operator"
    REFUSED_MESSAGE = "refused_message"
    TROUBLE = "trouble"
    UNDO = "undo"


class TimelineEntry(StrictModel):
    """One thing that happened to the order."""

    position: Count
    """0, 1, 2...; unique in the order."""
    at: Moment
    kind: TimelineKind
    text: Text
    actor: Text
    """``orderloom``, a partner, or the operator's name."""


class OrderSnapshot(StrictModel):
    """The order's state, and the entries and decisions since the snapshot before."""

    order_id: OrderId
    version: Annotated[int, Field(ge=1)]
    """Counts up; a store never lets an older version overwrite a newer one."""
    at: Moment
    lifecycle: Lifecycle
    headline: Headline
    fulfilment: FulfilmentState
    expected_at: Moment | None = None
    """When the last of what it waits for is expected; none where it waits for nothing, or nobody knows."""
    policy_version: Text | None = None
    waiting_on: Text | None = None
    """A partner, a team or a callback; none when nothing is waited for."""
    money: MoneyProgress
    lines: tuple[LineProgress, ...]
    shipments: tuple[ShipmentProgress, ...] = ()
    holds: tuple[Hold, ...] = ()
    """All, the closed ones too."""
    references: dict[str, str] = Field(default_factory=dict)
    """What partners call it: ``{"erp_order": "SO-1", "invoice": "INV-1"}``."""
    entries: tuple[TimelineEntry, ...] = ()
    decisions_from: Count = 0
    """The position of the first of `decisions`."""
    decisions: tuple[Decision, ...] = ()
