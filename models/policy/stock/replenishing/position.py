"""Inventory position: what a node will have of an article once what is promised has left and what is due has come."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from models.policy.stock.sourcing.shelves import sellable
from models.stock.nodes import NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.stock.nodes import Node
    from models.stock.picture import Picture

Spot = tuple[str, str]
"""Article and node."""


class Positions:
    """Every article at every node of a picture, added up over its lots."""

    def __init__(self, picture: Picture) -> None:
        """Add up. A lot that is not released, or has expired, counts for nothing."""
        days = {node.name: node.day(picture.at) for node in picture.nodes}
        self.free: Counter[Spot] = Counter()
        """On hand, less what is promised or set aside as unfit; ring-fenced stock is for sale and counts."""
        self.spare: Counter[Spot] = Counter()
        """What nobody has a claim to: what another node may be sent."""
        for shelf in picture.shelves:
            balance = shelf.balance
            if sellable(shelf, days[balance.node], 0):
                spot = (balance.sku, balance.node)
                self.free[spot] += balance.available + balance.channel_reserved
                self.spare[spot] += max(balance.available, 0)
        self.coming: Counter[Spot] = Counter()
        for supply in picture.supplies:
            self.coming[supply.sku, supply.node] += supply.outstanding
        self.seen: set[Spot] = {(shelf.balance.sku, shelf.balance.node) for shelf in picture.shelves}
        self.seen |= set(self.coming)
        self.nodes = {node.name: node for node in picture.nodes if _is_ours(node)}
        """Those that may be replenished, the preferred first."""
        self.waiting = picture.waiting

    def of(self, spot: Spot, *, waiting_here: int = 0) -> int:
        """The position: free and coming, less what backorders wait for here; below nothing where they want more."""
        return self.free[spot] + self.coming[spot] - waiting_here

    def preferred(self, sku: str, among: Iterable[str]) -> str | None:
        """Name the node whose backorders an article's are: the preferred of those."""
        wanted = set(among)
        return next((name for name in self.nodes if name in wanted), None) if self.waiting.get(sku) else None


def _is_ours(node: Node) -> bool:
    # A supplier who sends for us keeps his own shelves full.
    return node.active and node.kind is not NodeKind.SUPPLIER
