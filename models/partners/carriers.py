"""The carrier: book a parcel, void the booking."""

from typing import Annotated

from pydantic import Field

from models.base import Identifier, StrictModel, Text
from models.money import Money
from models.order.document import Moment, ServiceLevel
from models.order.parties import Address
from models.partners.asking import Ask


class Booking(Ask):
    """Book one parcel from a node to an address."""

    node: Identifier
    ship_to: Address
    service_level: ServiceLevel
    weight_grams: Annotated[int, Field(ge=0)]
    deliver_from: Moment | None = None
    deliver_by: Moment | None = None
    """The window in which the site takes it in."""
    way_back: bool = False
    """Whether it goes from the address to the node: a return."""


class Redelivery(Ask):
    """Try to deliver a parcel once more, since nobody was there."""

    tracking_number: Text
    ship_to: Address | None = None
    """Where to; none: as booked."""


class Label(StrictModel):
    """A booked parcel."""

    reference: Text
    carrier: Text
    service: Text
    tracking_number: Text
    cost: Money | None = None
    label_url: Text | None = None
    """Where the label to be printed is kept, as a PDF; the carrier may want credentials for it."""
    note: Text | None = None
    """Why this carrier and service: what else was offered, who could not be asked."""
