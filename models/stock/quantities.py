"""What can be counted of an article at a node, and why a count changes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Identifier, Sku, StrictModel

LotId = Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9._~/-]*$")]
"""A lot's number as the maker prints it; empty for goods that are not kept by lot."""

Level = Annotated[int, Field(ge=0)]
"""How much a shelf holds; a shelf may hold more than one order may ask for."""

Change = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]
"""How much a balance moves at once, up or down."""


class StockState(StrEnum):
    """A quantity of a balance. What is available is what is on hand and in no other state; nothing stores it."""

    ON_HAND = "on_hand"
    """All that lies at the node, in whatever state."""
    SOFT_RESERVED = "soft_reserved"
    ALLOCATED = "allocated"
    PICKED = "picked"
    QUARANTINED = "quarantined"
    DAMAGED = "damaged"
    IN_INSPECTION = "in_inspection"
    CHANNEL_RESERVED = "channel_reserved"
    """Set aside for one channel or class of customers."""
    IN_TRANSIT = "in_transit"
    """On its way to the node; not on hand."""
    ON_ORDER = "on_order"
    """Ordered for the node from a supplier; not on hand."""


PROMISED = (StockState.SOFT_RESERVED, StockState.ALLOCATED, StockState.PICKED)
"""What orders have."""
SET_ASIDE = (StockState.QUARANTINED, StockState.DAMAGED, StockState.IN_INSPECTION)
"""What lies there and may not be sold."""
PARTS_OF_ON_HAND = (*PROMISED, *SET_ASIDE, StockState.CHANNEL_RESERVED)
EXPECTED = (StockState.IN_TRANSIT, StockState.ON_ORDER)


class MovementKind(StrEnum):
    """Why a balance changed."""

    RECEIPT = "receipt"
    ADJUSTMENT = "adjustment"
    RESERVATION = "reservation"
    RELEASE = "release"
    ALLOCATION = "allocation"
    """A reservation was committed."""
    PICK = "pick"
    SHIPMENT = "shipment"
    CANCELLATION = "cancellation"
    """What was promised is lost: the goods are not there, or not fit."""
    RETURN = "return"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    COUNT = "count"
    SALE = "sale"
    """A shop sold it over the counter."""
    SCRAP = "scrap"
    EXPIRE = "expire"
    """A reservation's time, or a lot's, has run out."""
    SUPPLY = "supply"
    """What is expected was announced, changed or called off."""


class Balance(StrictModel):
    """What a node has of an article, of one lot."""

    sku: Sku
    node: Identifier
    lot: LotId = ""
    on_hand: Level = 0
    soft_reserved: Level = 0
    allocated: Level = 0
    picked: Level = 0
    quarantined: Level = 0
    damaged: Level = 0
    in_inspection: Level = 0
    channel_reserved: Level = 0
    in_transit: Level = 0
    on_order: Level = 0

    @property
    def available(self) -> int:
        """What nobody has been promised and nothing forbids to sell."""
        return self.on_hand - sum(self.level(state) for state in PARTS_OF_ON_HAND)

    def level(self, state: StockState) -> int:
        """How much is in a state."""
        found: int = getattr(self, state.value)
        return found
