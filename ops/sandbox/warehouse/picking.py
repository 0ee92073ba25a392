"""What lies on the shelves, and what a picker brings back from them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from models.partners.events import PickedLine
from models.partners.warehouse import NodeCount
from ops.sandbox.serving.dials import Dials, Milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.partners.warehouse import Release
    from ops.sandbox.goods import Goods
    from ops.sandbox.serving.records import Records

_SHELF = "shelf"


class Pick(StrEnum):
    """How picking a release is to go."""

    WHOLE = "whole"
    SHORT = "short"
    """One unit of the first line cannot be found."""
    REJECTED = "rejected"
    """The warehouse will not do it."""
    FORGOTTEN = "forgotten"
    """It is taken, and lost within the warehouse: nobody knows of it any more."""
    SILENT = "silent"
    """It is taken, and nobody says or does anything about it."""
    NO_SHOW = "no_show"
    """Where the customer collects it: he never comes."""


class PickDials(Dials):
    """How quick and how lucky the warehouse is."""

    pick_delay_ms: Milliseconds = 500
    """From the release until the parcel leaves."""
    collect_delay_ms: Milliseconds = 500
    """From then until the customer comes, where no carrier is asked."""
    transfer_delay_ms: Milliseconds = 2_000
    """From one node to another."""
    pick_next: tuple[Pick, ...] = ()
    """How the next releases go, one each."""


class Shelves:
    """Quantities by node and article."""

    def __init__(self, records: Records, told: Callable[[str, str, int], None] | None = None) -> None:
        """Keep them among the service's records; `told` hears of each change (node, article, by how many)."""
        self._records = records
        self._told = told

    def fill(self, goods: Goods) -> None:
        """Put the first stock on the shelves; a shelf that has been filled before is left as it is."""
        filled = {(node, sku) for node, sku, _ in self.all()}
        for article in goods.items:
            for node, quantity in article.on_hand.items():
                if (node, article.sku) not in filled:
                    self._records.put(_SHELF, f"{node} {article.sku}", {"quantity": quantity})

    def all(self) -> list[tuple[str, str, int]]:
        """List node, article and quantity."""
        found = ((shelf.split(" ", 1), body["quantity"]) for shelf, body in self._records.all(_SHELF))
        return [(node, sku, quantity) for (node, sku), quantity in found]

    def counts(self) -> tuple[NodeCount, ...]:
        """Count them."""
        return tuple(NodeCount(node=node, sku=sku, quantity=quantity) for node, sku, quantity in self.all())

    def take(self, node: str, sku: str, wanted: int) -> int:
        """Take as many as there are, up to `wanted`; answers how many that was."""
        return -self.change(node, sku, -wanted)

    def change(self, node: str, sku: str, wanted: int) -> int:
        """Put so many on a shelf, or take them off as far as they are there; answers by how many it changed."""
        shelf = self._records.get(_SHELF, f"{node} {sku}") or {"quantity": 0}
        change = max(wanted, -int(shelf["quantity"]))
        self._records.put(_SHELF, f"{node} {sku}", {"quantity": shelf["quantity"] + change})
        if change and self._told is not None:
            self._told(node, sku, change)
        return change


def picked(asked: Release, shelves: Shelves, pick: Pick) -> tuple[tuple[PickedLine, ...], tuple[PickedLine, ...]]:
    """Pick a release; answers what was found and what was not."""
    found: list[PickedLine] = []
    short: list[PickedLine] = []
    for index, line in enumerate(asked.lines):
        lost = 1 if pick is Pick.SHORT and index == 0 else 0
        taken = shelves.take(asked.node, line.sku, line.quantity - lost)
        if taken:
            found.append(PickedLine(line_id=line.line_id, sku=line.sku, quantity=taken))
        if taken < line.quantity:
            short.append(PickedLine(line_id=line.line_id, sku=line.sku, quantity=line.quantity - taken))
    return tuple(found), tuple(short)
