"""What the channel knows of an order: what it said itself, and what it has been told since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from models.order.order import Order
    from models.order.snapshot import LineProgress
    from models.partners.channels import ChannelLine


@dataclass
class AtChannel:
    """The order as its channel has it."""

    ordered: dict[str, int]
    """How many of each line it has sold; what was ordered of us since, it knows nothing of."""
    cancelled: dict[str, int]
    """How many of each line will not be delivered, as far as the channel knows."""
    whole: bool = False
    """Whether the channel itself has cancelled all of it."""
    told: int = 0
    """How many updates it was sent of what is left out; they are told apart by number."""

    @classmethod
    def of(cls, order: Order) -> AtChannel:
        """Begin with what the channel says when the order comes to us."""
        return cls(
            ordered={line.id: line.quantity for line in order.lines},
            cancelled={line.id: line.cancelled for line in order.lines},
        )

    def knows(self, line_id: str, cancelled: int) -> None:
        """It has said itself that so many of a line, in all, will not be delivered."""
        self.cancelled[line_id] = max(self.cancelled.get(line_id, 0), cancelled)

    def left(self, before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
        """How many of each line have left between two counts, of those it has sold."""
        return {
            line_id: min(quantity, self._sold(line_id)) - min(before.get(line_id, 0), self._sold(line_id))
            for line_id, quantity in after.items()
        }

    def not_known(self, lines: Iterable[LineProgress]) -> dict[str, int]:
        """How many of each line will not be delivered, beyond what it knows; below zero where it has said more."""
        return {
            line.line_id: max(self._sold(line.line_id) - (line.ordered - line.cancelled), 0)
            - self.cancelled.get(line.line_id, 0)
            for line in lines
        }

    def rest(self) -> dict[str, int]:
        """How many of each line it still expects, or has."""
        return {line_id: quantity - self.cancelled[line_id] for line_id, quantity in self.ordered.items()}

    def left_out(self, lines: tuple[ChannelLine, ...]) -> int:
        """It is told that these will not be delivered; answers which such update this is: 1, 2, 3..."""
        for line in lines:
            self.cancelled[line.line_id] = self.cancelled.get(line.line_id, 0) + line.quantity
        self.told += 1
        return self.told

    def _sold(self, line_id: str) -> int:
        return self.ordered.get(line_id, 0)
