"""What a carrier's contract looks at past the adapter, and what it asks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Protocol
from uuid import uuid4

from models.money import Money
from models.order.document import ServiceLevel
from models.order.parties import Address
from models.partners.asking import Undo
from models.partners.carriers import Booking

_numbers = count(1)
_run = uuid4().hex[:6]
"""Real partners keep what earlier runs did: nothing of it may have our keys."""
HOME = Address(
    name="Jane Doe",
    lines=("5 Elm Street", "Apartment 12"),
    city="Portland",
    region="US-OR",
    postal_code="97201",
    country="US",
    phone="+1 503 555 0100",
)
NAMES = {
    "japanese": "王小明 大谷",
    "emoji": "Zoë 🦊 Fox",
    "right_to_left": "مريم القحطاني",
    "combining": "Ångström Nguyễn",
}


@dataclass(frozen=True)
class BookedParcel:
    """A parcel for which somebody was charged, as the partner itself has it."""

    tracking_number: str
    void: bool
    cost: Money | None
    from_name: str
    to_name: str
    to_town: str
    grams: int
    """As far as the partner's unit lets us see."""
    reference: str = ""


class CarrierBooks(Protocol):
    """Looks at a carrier past the adapter."""

    url: str
    """Where the carrier is."""

    async def parcels(self, key: str) -> list[BookedParcel]:
        """List what was bought under a key, void or not."""


def booking(**changes: object) -> Booking:
    """A parcel of an order nobody has seen before."""
    order_id = f"order:b2b:{_run}-{next(_numbers)}"
    asked = Booking(
        key=f"{order_id}/release/berlin/label",
        order_id=order_id,
        node="berlin",
        ship_to=HOME,
        service_level=ServiceLevel.STANDARD,
        weight_grams=1250,
    )
    return asked.model_copy(update=changes)


def undo(asked: Booking) -> Undo:
    return Undo(key=asked.key, order_id=asked.order_id, reason="the order was cancelled")
