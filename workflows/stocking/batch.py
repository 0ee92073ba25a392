"""Goods that were reserved together, under one key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.order.pieces import Piece
    from models.stock.reservation import Allocation


@dataclass(frozen=True)
class Batch:
    """What one reservation has given, or a part of it."""

    part: str
    """Which of the order's reservations: empty for the first."""
    allocations: tuple[Allocation, ...]
    waited: bool = False
    """Whether it was held back for its node's wave, which has come."""
    again: str = ""
    """By what it goes out again, where a warehouse was stopped before: a change's name."""

    def of(self, allocations: Iterable[Allocation]) -> Batch:
        """A part of it."""
        return replace(self, allocations=tuple(allocations))

    def without(self, gone: dict[Piece, int], node: str) -> Batch | None:
        """What is left once a node has lost so many; none where nothing is."""
        left = dict(gone)
        kept = []
        for allocation in self.allocations:
            piece = (allocation.line_id, allocation.sku)
            taken = min(left.get(piece, 0), allocation.quantity) if allocation.node == node else 0
            left[piece] = left.get(piece, 0) - taken
            if allocation.quantity > taken:
                kept.append(allocation.model_copy(update={"quantity": allocation.quantity - taken}))
        return self.of(kept) if kept else None
