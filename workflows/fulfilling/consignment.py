"""Consignments: what one node was asked to send of an order, and how much of it is still to come from there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from models.ids import first_key
from models.partners.warehouse import ReleaseLine
from models.stock.nodes import NodeKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.order.pieces import Piece
    from models.partners.carriers import Label
    from models.stock.reservation import Allocation
    from workflows.ordering.run import Run
    from workflows.stocking.batch import Batch

_NOT_YET = datetime.max.replace(tzinfo=UTC)


@dataclass
class Consignment:
    """What one node is to send."""

    key: str
    """The key of its release."""
    reservation_key: str
    node: str
    allocations: tuple[Allocation, ...]
    kind: NodeKind = NodeKind.WAREHOUSE
    gone: dict[Piece, int] = field(default_factory=dict)
    """What was shipped, not found, or taken back."""
    heard_of: bool = False
    """Whether the node has said anything about it."""
    released: bool = False
    """Whether the node was handed the release."""
    released_at: datetime = _NOT_YET
    ready_until: datetime | None = None
    """Until when it lies ready for the customer, if it does."""
    label: Label | None = None
    """The parcel it is to go in, where one is booked."""

    def open(self) -> dict[Piece, int]:
        """What is still to come from there."""
        left: dict[Piece, int] = defaultdict(int)
        for allocation in self.allocations:
            left[allocation.line_id, allocation.sku] += allocation.quantity
        for piece, quantity in self.gone.items():
            left[piece] -= quantity
        return {piece: quantity for piece, quantity in left.items() if quantity > 0}

    def take(self, pieces: Mapping[Piece, int]) -> None:
        """Note what is not to come from there any more."""
        for piece, quantity in pieces.items():
            self.gone[piece] = self.gone.get(piece, 0) + quantity

    def lines(self) -> tuple[ReleaseLine, ...]:
        """What the node is to pick, lot by lot."""
        return tuple(
            ReleaseLine(line_id=found.line_id, sku=found.sku, quantity=found.quantity, lot=found.lot)
            for found in self.allocations
        )


def consignments(run: Run, batch: Batch) -> list[Consignment]:
    """Group what is reserved by the node that sends it."""
    by_node: dict[str, list[Allocation]] = defaultdict(list)
    part = batch.part
    for allocation in batch.allocations:
        by_node[allocation.node].append(allocation)
    return [
        Consignment(
            key=run.key("release", "-".join(name for name in (node, part, batch.again) if name)),
            reservation_key=run.key("stock", part),
            node=node,
            allocations=tuple(found),
        )
        for node, found in sorted(by_node.items())
    ]


def of_release(run: Run, release_key: str) -> Consignment | None:
    """The consignment a warehouse speaks of; None where it is none of this order's."""
    return run.consigned.get(first_key(release_key))
