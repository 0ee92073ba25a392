"""Stock: where it lies, and what an order has reserved of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Identifier, Quantity, Sku, StrictModel, Text
from models.ids import OrderId
from models.states.machine import Machine


class MovementKind(StrEnum):
    """Why a balance changed."""

    RECEIPT = "receipt"
    ADJUSTMENT = "adjustment"
    RESERVATION = "reservation"
    RELEASE = "release"
    SHIPMENT = "shipment"


class StockState(StrEnum):
    """The quantity of a balance that a movement moves."""

    ON_HAND = "on_hand"
    RESERVED = "reserved"


class ReservationState(StrEnum):
    """What became of a claim on stock."""

    HELD = "held"
    RELEASED = "released"
    CONSUMED = "consumed"


RESERVATION = Machine(
    "reservation",
    ReservationState.HELD,
    {
        ReservationState.HELD: frozenset({ReservationState.RELEASED, ReservationState.CONSUMED}),
        ReservationState.RELEASED: frozenset(),
        ReservationState.CONSUMED: frozenset(),
    },
)


Level = Annotated[int, Field(ge=0)]
"""How much a shelf holds; a shelf may hold more than one order may ask for."""

Change = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]
"""How much a balance moves at once, up or down."""


class Need(StrictModel):
    """So many of an article for a line; a bundle's line has one need a component."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity


class ReservationRequest(StrictModel):
    """Reserve all of it, or nothing. The same `key` again gets the first answer that granted it."""

    key: Text
    order_id: OrderId
    needs: Annotated[tuple[Need, ...], Field(min_length=1, max_length=5000)]


class Allocation(StrictModel):
    """What was reserved for a line, and where."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity
    node: Identifier


class Shortage(StrictModel):
    """Which article was short: what all lines together wanted, and what all nodes together could give."""

    sku: Sku
    wanted: Annotated[int, Field(ge=1)]
    available: Level


class ReservationAnswer(StrictModel):
    """Either all of it, or what was short."""

    granted: bool
    allocations: tuple[Allocation, ...] = ()
    shortages: tuple[Shortage, ...] = ()


class Shipped(StrictModel):
    """So many of an article have left a node for a line."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity
    node: Identifier


class Consumption(StrictModel):
    """Take what was shipped out of the reservation and off the shelf; once a `key`."""

    key: Text
    """The shipment's key."""
    reservation_key: Text
    order_id: OrderId
    items: Annotated[tuple[Shipped, ...], Field(min_length=1)]


class ReservationRelease(StrictModel):
    """Give back what is still reserved under a key. Releasing what is gone already does nothing.

    A key that was released before it was ever granted stays closed: a reservation that comes late takes nothing.
    """

    reservation_key: Text
    order_id: OrderId
    reason: Text


class Balance(StrictModel):
    """What a node has of an article."""

    node: Identifier
    sku: Sku
    on_hand: Level
    reserved: Level
    available: Level


class StockCount(StrictModel):
    """Receive (or, negative, take off) stock at a node, from a document; once a `key`."""

    key: Text
    node: Identifier
    sku: Sku
    quantity: Change
    kind: MovementKind
    reason: Text
