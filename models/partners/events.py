"""What partners tell us in callbacks. An event may come late, twice, out of order, or after the end."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from models.base import Identifier, Quantity, Sku, StrictModel, Text
from models.ids import OrderId
from models.order.document import Moment
from models.states.fulfilment import ShipmentState


class _Event(StrictModel):
    event_id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_.:/~-]+$")]
    """The partner's id of the event; the same event sent again has the same id."""
    order_id: OrderId
    occurred_at: Moment


class PickedLine(StrictModel):
    """So many of an article, for a line."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity


class ReleaseAcknowledged(_Event):
    """The warehouse has the release and will work on it."""

    type: Literal["wms.acknowledged"] = "wms.acknowledged"
    release_key: Text


class ParcelShipped(_Event):
    """A parcel has left the node with these goods in it."""

    type: Literal["wms.shipped"] = "wms.shipped"
    release_key: Text
    shipment_id: Identifier
    node: Identifier
    carrier: Text
    tracking_number: Text
    lines: Annotated[tuple[PickedLine, ...], Field(min_length=1)]


class PickedShort(_Event):
    """The warehouse could not find so many, and will not ship them."""

    type: Literal["wms.short"] = "wms.short"
    release_key: Text
    lines: Annotated[tuple[PickedLine, ...], Field(min_length=1)]


class ReleaseRejected(_Event):
    """The warehouse will not carry the release out."""

    type: Literal["wms.rejected"] = "wms.rejected"
    release_key: Text
    reason: Text


class ParcelMoved(_Event):
    """The carrier says where a parcel is."""

    type: Literal["carrier.tracking"] = "carrier.tracking"
    tracking_number: Text
    state: ShipmentState
    detail: Text | None = None


PartnerEvent = Annotated[
    ReleaseAcknowledged | ParcelShipped | PickedShort | ReleaseRejected | ParcelMoved,
    Field(discriminator="type"),
]
"""Any of them, told apart by `type`."""

PARTNER_EVENT: TypeAdapter[PartnerEvent] = TypeAdapter(PartnerEvent)
