"""The last look before goods are released: whether their nodes work, when they take orders on, which lots are bad."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.base import Identifier, StrictModel, Text
from models.ids import OrderId
from models.order.document import Moment
from models.policy.fulfilment import WaveRule
from models.stock.nodes import NodeKind
from models.stock.reservation import Allocation


class ReleaseCheck(StrictModel):
    """What is about to be released."""

    order_id: OrderId
    allocations: Annotated[tuple[Allocation, ...], Field(min_length=1)]
    waves: tuple[WaveRule, ...] = ()
    """The rules the order came under."""
    express: bool = False
    """Whether it is in a hurry."""


class NodeOutlook(StrictModel):
    """What is to be known of one node right now."""

    node: Identifier
    kind: NodeKind = NodeKind.WAREHOUSE
    down: Text | None = None
    """Why it sends nothing, if so."""
    wave_at: Moment | None = None
    """When it takes orders on next; none: at once."""


class BadLot(StrictModel):
    """What must not be sent: its lot has expired, or may not be sold any more."""

    allocation: Allocation
    reason: Text


class ReleaseOutlook(StrictModel):
    """What the last look shows."""

    nodes: tuple[NodeOutlook, ...]
    bad_lots: tuple[BadLot, ...] = ()

    def of(self, node: str) -> NodeOutlook:
        """What is known of a node; of one nobody knows, that it is a plain warehouse."""
        return next((found for found in self.nodes if found.node == node), NodeOutlook(node=node))
