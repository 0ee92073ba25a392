"""The pieces of an order's lines and parcels, and how many of each are where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from models.states.fulfilment import ShipmentState
from models.stock.demand import Need

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from models.money import Money
    from models.partners.events import PickedLine

Counted = Literal["reserved", "backordered", "released", "short", "shipped", "delivered", "cancelled"]
Piece = tuple[str, str]
"""A line's id and the SKU of one of its parts: the line's own, or a bundle's component."""


def needs_of(pieces: Mapping[Piece, int]) -> tuple[Need, ...]:
    """What has to be reserved to have so many of each piece."""
    return tuple(Need(line_id=line, sku=sku, quantity=quantity) for (line, sku), quantity in pieces.items())


def pieces_of(lines: Iterable[PickedLine]) -> dict[Piece, int]:
    """Add up what a warehouse says of each piece."""
    pieces: dict[Piece, int] = {}
    for line in lines:
        pieces[line.line_id, line.sku] = pieces.get((line.line_id, line.sku), 0) + line.quantity
    return pieces


@dataclass
class Part:
    """So many of one stock article, for one line."""

    quantity: int
    per_line_unit: int
    reserved: int = 0
    backordered: int = 0
    released: int = 0
    short: int = 0
    shipped: int = 0
    delivered: int = 0
    cancelled: int = 0
    again: int = 0
    """Sent in a parcel that did not arrive, and to be sent once more; `shipped` goes on counting them."""
    resent: int = 0
    """Of these, how many have left once more."""

    @property
    def outstanding(self) -> int:
        """How many have still to leave."""
        return self.quantity + self.again - self.shipped - self.resent - self.cancelled

    @property
    def at_warehouse(self) -> int:
        """How many a warehouse has been asked for and has not sent."""
        return self.released - self.shipped - self.resent

    def count(self, name: Counted) -> int:
        number: int = getattr(self, name)
        return number


@dataclass
class Parcel:
    node: str
    carrier: str
    tracking_number: str
    value: Money
    pieces: dict[Piece, int]
    state: ShipmentState = ShipmentState.DISPATCHED
    lost_at: datetime | None = None
    """When it was lost: word from before that, told late, does not find it again."""
    failed_attempts: int = 0
    """Since a person was last asked about it."""
    made_good: bool = False
    """Whether what was in it is sent once more, or paid back, since it does not arrive."""
