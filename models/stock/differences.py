"""Differences: where the books, the warehouse, the ERP and the movements do not agree."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Identifier, Sku, StrictModel, Text
from models.ids import OrderId
from models.order.document import Moment
from models.stock.quantities import LotId


class DifferenceKind(StrEnum):
    """Between what."""

    WAREHOUSE = "warehouse"
    """Our books and a warehouse's count."""
    ERP = "erp"
    """Our books and the ERP's."""
    MOVEMENTS = "movements"
    """A balance and the sum of its movements."""
    RESERVATIONS = "reservations"
    """A balance's promised states and the open reservations."""
    FENCES = "fences"
    """A balance's channel-reserved quantity and the ring-fences."""
    SUPPLY = "supply"
    """A balance's expected quantities and what is outstanding of its supplies."""
    OVERSOLD = "oversold"
    """More promised than there is."""
    LEAKED = "leaked"
    """An open reservation whose order has ended or is not known."""
    OVERDUE = "overdue"
    """A held reservation past its expiry that nobody has let go."""
    UNEXPLAINED = "unexplained"
    """Goods were sold or broken that the books never had."""


class DifferenceState(StrEnum):
    """Whether it still stands."""

    OPEN = "open"
    RESOLVED = "resolved"


class Difference(StrictModel):
    """One place where two books differ."""

    id: Text
    kind: DifferenceKind
    sku: Sku
    node: Identifier
    lot: LotId = ""
    what: Text
    """The quantity that differs: ``on_hand``, ``soft_reserved``."""
    ours: int
    theirs: int
    orders: Annotated[tuple[OrderId, ...], Field(max_length=200)] = ()
    """Whom it touches: the orders with open reservations there."""
    first_seen: Moment
    last_seen: Moment
    times_seen: Annotated[int, Field(ge=1)] = 1
    """How many comparisons in a row found it: one alone may be goods on their way into the books."""
    state: DifferenceState = DifferenceState.OPEN
