"""Ports to our own records of stock, as the API shows them; the store's adapter answers them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from activities.records.orders import Page
    from models.stock.availability import Availability, AvailabilityQuestion
    from models.stock.backorders import Backorder
    from models.stock.differences import Difference, DifferenceState
    from models.stock.nodes import Node
    from models.stock.picture import Picture
    from models.stock.publication import PublicationLag, Published
    from models.stock.quantities import MovementKind, StockState
    from models.stock.supply import Supply


@dataclass(frozen=True)
class StockMovement:
    """One line of the ledger."""

    id: int
    kind: MovementKind
    state: StockState
    sku: str
    node: str
    lot: str
    quantity: int
    document: str
    actor: str
    order_id: str | None
    reason: str | None
    occurred_at: datetime
    at: datetime


@dataclass(frozen=True)
class TouchedOrder:
    """An order that a supply's new date touches, and what may be offered instead."""

    order_id: str
    backorder_key: str
    expected_before: datetime | None
    expected_now: datetime | None
    substitutes: tuple[str, ...]
    """Articles policy allows instead that can be promised now."""


@dataclass(frozen=True)
class RunningOut:
    """An article that a channel will soon have none of."""

    channel: str
    sku: str
    quantity: int
    """What the channel may sell of it now."""
    daily: float
    """How much is wanted of it a day, by everybody."""
    days_left: float
    expected_at: datetime | None
    """When more is expected; none where nothing is, or nobody knows when."""


class Inventory(Protocol):
    """Stock as the API shows it."""

    async def availability(self, question: AvailabilityQuestion) -> Availability:
        """What may be promised, term by term; raises `NotFound` for an article nobody knows."""

    async def picture(self, skus: tuple[str, ...]) -> Picture:
        """All that decisions about these articles look at."""

    async def movements(self, sku: str, *, node: str | None, cursor: str | None, limit: int) -> Page[StockMovement]:
        """An article's movements, newest first."""

    async def backorders(self, *, sku: str | None, cursor: str | None, limit: int) -> Page[Backorder]:
        """Who waits, in the order in which they will be served."""

    async def supplies(self, *, sku: str | None, late: bool, cursor: str | None, limit: int) -> Page[Supply]:
        """What is outstanding, the soonest first; with `late`, what is expected later than was said first."""

    async def supply(self, supply_id: str) -> tuple[Supply, ...]:
        """A supply's articles, whatever has become of them; raises `NotFound`."""

    async def touched_by(self, supply_id: str) -> tuple[TouchedOrder, ...]:
        """Whom a supply's date touches; raises `NotFound`."""

    async def differences(self, *, state: DifferenceState | None, cursor: str | None, limit: int) -> Page[Difference]:
        """Where books differ, the latest seen first."""

    async def nodes(self) -> tuple[Node, ...]:
        """Every node, the preferred first."""

    async def put_node(self, node: Node) -> None:
        """Add or change a node."""

    async def offered(self, channel: str, skus: tuple[str, ...]) -> tuple[Published, ...]:
        """What the channel may show: the quick read path, from what was worked out for it last."""

    async def running_out(self, *, channel: str | None, within_days: int, limit: int) -> tuple[RunningOut, ...]:
        """What channels will have none of within so many days at today's pace, the soonest first."""

    async def lags(self) -> tuple[PublicationLag, ...]:
        """How late each channel hears."""
