"""The carrier: book a parcel, void the booking."""

from typing import Annotated

from pydantic import Field

from models.base import Identifier, StrictModel, Text
from models.money import Money
from models.order.document import ServiceLevel
from models.order.parties import Address
from models.partners.asking import Ask


class Booking(Ask):
    """Book one parcel from a node to an address."""

    node: Identifier
    ship_to: Address
    service_level: ServiceLevel
    weight_grams: Annotated[int, Field(ge=0)]
    way_back: bool = False
    """Whether it goes from the address to the node: a return."""


class Label(StrictModel):
    """A booked parcel."""

    reference: Text
    carrier: Text
    service: Text
    tracking_number: Text
    cost: Money | None = None
