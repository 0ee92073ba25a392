"""Supply: goods that are expected at a node, from a supplier or from another node."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Count, Identifier, Quantity, Sku, StrictModel, Text
from models.order.document import Moment
from models.states.machine import Machine
from models.stock.quantities import LotId


class SupplyKind(StrEnum):
    """Where it comes from."""

    PURCHASE = "purchase"
    TRANSFER = "transfer"


class SupplyState(StrEnum):
    """How far it has come."""

    ORDERED = "ordered"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    CANCELLED = "cancelled"


SUPPLY = Machine(
    "supply",
    SupplyState.ORDERED,
    {
        SupplyState.ORDERED: frozenset({SupplyState.IN_TRANSIT, SupplyState.RECEIVED, SupplyState.CANCELLED}),
        SupplyState.IN_TRANSIT: frozenset({SupplyState.RECEIVED, SupplyState.CANCELLED}),
        SupplyState.RECEIVED: frozenset(),
        SupplyState.CANCELLED: frozenset(),
    },
)


class Supply(StrictModel):
    """So many of one article on their way to a node. A purchase of several articles is several supplies."""

    id: Text
    """The purchase order's or transfer's number."""
    kind: SupplyKind
    sku: Sku
    node: Identifier
    lot: LotId = ""
    quantity: Quantity
    received: Count = 0
    state: SupplyState = SupplyState.ORDERED
    source: Text | None = None
    """The supplier, or the node it comes from."""
    ordered_at: Moment
    expected_at: Moment | None = None
    first_expected_at: Moment | None = None
    """What was said first: a supplier that is late shows by the difference."""

    @property
    def outstanding(self) -> Annotated[int, Field(ge=0)]:
        """What has not come yet and still may."""
        if SUPPLY.is_final(self.state):
            return 0
        return max(self.quantity - self.received, 0)
