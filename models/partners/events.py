"""What partners and our own stock ledger tell an order. It may come late, twice, out of order, or after the end."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from models.base import Identifier, Quantity, Sku, StrictModel, Text
from models.ids import OrderId
from models.money import Money
from models.order.document import Moment
from models.promises.sender import Sender
from models.states.fulfilment import ShipmentState
from models.stock.quantities import LotId
from models.stock.reservation import Allocation


class OrderEvent(StrictModel):
    """What all of them have: whose it is, and when it happened."""

    event_id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_.:/~-]+$")]
    """The partner's id of the event; the same event sent again has the same id."""
    order_id: OrderId
    occurred_at: Moment


class PickedLine(StrictModel):
    """So many of an article, for a line."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity
    lot: LotId | None = None
    """The lot that was taken, where the warehouse says."""


class ReleaseAcknowledged(OrderEvent):
    """The warehouse has the release and will work on it."""

    type: Literal["wms.acknowledged"] = "wms.acknowledged"
    release_key: Text


class ParcelShipped(OrderEvent):
    """A parcel has left the node with these goods in it."""

    type: Literal["wms.shipped"] = "wms.shipped"
    release_key: Text
    shipment_id: Identifier
    node: Identifier
    carrier: Text
    tracking_number: Text
    lines: Annotated[tuple[PickedLine, ...], Field(min_length=1)]


class ReadyToCollect(OrderEvent):
    """The goods lie ready for the customer."""

    type: Literal["wms.ready"] = "wms.ready"
    release_key: Text
    node: Identifier


class GoodsCollected(OrderEvent):
    """The customer has come for these; they have left the node."""

    type: Literal["wms.collected"] = "wms.collected"
    release_key: Text
    shipment_id: Identifier
    node: Identifier
    lines: Annotated[tuple[PickedLine, ...], Field(min_length=1)]


class PickedShort(OrderEvent):
    """The warehouse could not find so many, and will not ship them."""

    type: Literal["wms.short"] = "wms.short"
    release_key: Text
    lines: Annotated[tuple[PickedLine, ...], Field(min_length=1)]


class ReleaseRejected(OrderEvent):
    """The warehouse will not carry the release out."""

    type: Literal["wms.rejected"] = "wms.rejected"
    release_key: Text
    reason: Text


class ParcelMoved(OrderEvent):
    """The carrier says where a parcel is."""

    type: Literal["carrier.tracking"] = "carrier.tracking"
    tracking_number: Text
    state: ShipmentState
    detail: Text | None = None
    estimated_delivery: Moment | None = None
    """When the carrier itself expects to deliver it."""


class BackorderFilled(OrderEvent):
    """Our ledger: stock has come, and is reserved under the backorder's key."""

    type: Literal["ledger.filled"] = "ledger.filled"
    reservation_key: Text
    allocations: tuple[Allocation, ...]
    senders: tuple[Sender, ...] = ()
    """The nodes that send it."""


class BackorderExpected(OrderEvent):
    """Our ledger: the supply a backorder waits for is expected at another time than before."""

    type: Literal["ledger.expected"] = "ledger.expected"
    reservation_key: Text
    expected_at: Moment | None


class BackorderExpired(OrderEvent):
    """Our ledger: a backorder has waited as long as it might, and is given up."""

    type: Literal["ledger.expired"] = "ledger.expired"
    reservation_key: Text


class StockLost(OrderEvent):
    """Our ledger: goods that were reserved are not there, or not fit; they are reserved no longer."""

    type: Literal["ledger.lost"] = "ledger.lost"
    reservation_key: Text
    lines: Annotated[tuple[PickedLine, ...], Field(min_length=1)]
    node: Identifier
    reason: Text


class CancelledLine(StrictModel):
    """So many of a line, in all."""

    line_id: Identifier
    quantity: Quantity


class ChangedAtChannel(OrderEvent):
    """The channel, or the customer there, has cancelled or given back more than we know of."""

    type: Literal["channel.changed"] = "channel.changed"
    whole: bool = False
    """Whether the whole order is cancelled there."""
    lines: tuple[CancelledLine, ...] = ()
    """What was cancelled there in all, of the lines of which it is news; what came back as returns is left out."""
    refunded: Money | None = None
    """What was given back there in all; what was given for returns is left out. None: no more than we know of."""


class PaymentAuthorised(OrderEvent):
    """The customer has done his part: what was asked for under the key is set aside now."""

    type: Literal["payment.authorised"] = "payment.authorised"
    authorisation: Text
    key: Text


class PaymentFailed(OrderEvent):
    """The customer did not do his part, or the bank declined after he had."""

    type: Literal["payment.failed"] = "payment.failed"
    authorisation: Text
    key: Text
    code: Text
    reason: Text


class DisputeState(StrEnum):
    """Where a customer's complaint to his bank stands."""

    OPENED = "opened"
    """The money is taken back, or may be; we have until a day to answer with evidence."""
    UNDER_REVIEW = "under_review"
    """We have answered; the bank decides."""
    WON = "won"
    """The money is ours."""
    LOST = "lost"
    """The money is gone."""


class PaymentDisputed(OrderEvent):
    """The customer has told his bank that he does not owe a payment; or that has been decided."""

    type: Literal["payment.disputed"] = "payment.disputed"
    dispute: Text
    """The provider's number of it."""
    authorisation: Text
    amount: Money
    reason: Text
    state: DisputeState
    answer_by: Moment | None = None
    """Until when evidence may be handed in."""


PartnerEvent = Annotated[
    ReleaseAcknowledged
    | ParcelShipped
    | ReadyToCollect
    | GoodsCollected
    | PickedShort
    | ReleaseRejected
    | ParcelMoved
    | BackorderFilled
    | BackorderExpected
    | BackorderExpired
    | StockLost
    | ChangedAtChannel
    | PaymentAuthorised
    | PaymentFailed
    | PaymentDisputed,
    Field(discriminator="type"),
]
"""Any of them, told apart by `type`."""

PARTNER_EVENT: TypeAdapter[PartnerEvent] = TypeAdapter(PartnerEvent)
