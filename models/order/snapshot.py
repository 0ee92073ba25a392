"""What the order's workflow writes down at each change: the whole of its state, and what is new in its story."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Count, Identifier, Quantity, Sku, StrictModel, Text
from models.changes.progress import ChangeProgress
from models.ids import OrderId
from models.ledger.accounts import LedgerAccount
from models.ledger.postings import Posting
from models.ledger.terms import SellingEntity
from models.money import Money
from models.order.document import Moment
from models.order.order import Order
from models.order.payment_terms import TenderKind
from models.policy.decision import Decision
from models.promises.promise import Promise
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


class TenderProgress(StrictModel):
    """One authorisation."""

    kind: TenderKind
    reference: Text | None = None
    """What the payment provider calls it."""
    authorised: Money
    captured: Money
    refunded: Money
    expires_at: Moment | None = None


class HeldMoney(StrictModel):
    """What the channel took with one tender."""

    account: LedgerAccount
    amount: Money
    returned: Money


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
    refunded_by_provider: Money | None = None
    """The part of `refunded` that our payment provider gave back."""
    credited: Money | None = None
    """By credit memos outside returns."""
    written_off: Money | None = None
    owed: Money | None = None
    """What the customer owes for all that was shipped; below zero where he has paid ahead."""
    tenders: tuple[TenderProgress, ...] = ()
    """Each authorisation at our payment provider, in the order they are drawn."""
    held: tuple[HeldMoney, ...] = ()
    """What the channel took, by its tenders."""
    entity: SellingEntity | None = None
    """The company that sells it."""


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
    promise: Promise | None = None
    """When it leaves us and when the customer has it; none where nothing is promised."""
    changes: tuple[ChangeProgress, ...] = ()
    """What was wished of it after it was accepted, the oldest first."""
    changed: Order | None = None
    """The order as a change has just left it; none where it is as it was at the snapshot before."""
    entries: tuple[TimelineEntry, ...] = ()
    decisions_from: Count = 0
    """The position of the first of `decisions`."""
    decisions: tuple[Decision, ...] = ()
    postings: tuple[Posting, ...] = ()
    """What was written in its journal since the snapshot before; all of it once the order has ended."""
