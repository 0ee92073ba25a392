"""A picture of the shelves at one moment: all that a decision about stock may look at."""

from __future__ import annotations

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
