"""A picture of the shelves at one moment: all that a decision about stock may look at."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from models.base import Identifier, Sku, StrictModel, Text
from models.order.document import Moment
from models.stock.lots import Day, LotStatus
from models.stock.nodes import Node, NodeLoad
from models.stock.quantities import Balance, Level, LotId
from models.stock.supply import Supply


class Shelf(StrictModel):
    """A balance with what is known of its lot."""

    balance: Balance
    expires_on: Day | None = None
    lot_status: LotStatus = LotStatus.RELEASED

    def is_good_on(self, day: date) -> bool:
        """Whether its lot may be sold on a day: released, and not expired by then. Its last day counts as good."""
        return self.lot_status is LotStatus.RELEASED and (self.expires_on is None or self.expires_on >= day)


class RingFence(StrictModel):
    """What is left of the stock set aside for one holder: ``channel:b2b``, ``class:dealer``."""

    sku: Sku
    node: Identifier
    lot: LotId = ""
    holder: Text
    quantity: Level


class Picture(StrictModel):
    """What there is of the articles asked about, everywhere."""

    at: Moment
    nodes: tuple[Node, ...]
    shelves: tuple[Shelf, ...] = ()
    fences: tuple[RingFence, ...] = ()
    supplies: tuple[Supply, ...] = ()
    """Those that are outstanding."""
    loads: tuple[NodeLoad, ...] = ()
    waiting: Annotated[dict[Sku, Level], Field(default_factory=dict)]
    """What backorders in the queue want of each article."""

    def coming_for_sale(self) -> tuple[Supply, ...]:
        """Supplies that may be sold when they come: a lot that is kept back, or has expired by then, helps nobody."""
        shelves = {(one.balance.sku, one.balance.node, one.balance.lot): one for one in self.shelves}
        nodes = {node.name: node for node in self.nodes}
        return tuple(
            supply
            for supply in self.supplies
            if not supply.lot
            or (shelf := shelves.get((supply.sku, supply.node, supply.lot))) is None
            or shelf.is_good_on(nodes[supply.node].day(max(supply.expected_at or self.at, self.at)))
        )
