"""Feeds to read: a partner that remembers what has happened, and can be made to fail."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from models.errors import NotFound, PartnerError
from models.partners.asking import Done
from models.partners.channels import ChannelUpdate
from models.partners.events import ParcelMoved, PartnerEvent, ReleaseAcknowledged
from models.partners.feeds import FeedPage, FeedQuery, OrdersPage
from models.states.fulfilment import ShipmentState
from models.stock.events import STOCK_EVENT, GoodsReceived, StockEvent
from models.stock.publication import OfferBatch
from tests.promises.orders.world import FakeWarehouse, World

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def acknowledged(number: int, order_id: str = "order:shopify:1") -> ReleaseAcknowledged:
    """A warehouse's word about an order."""
    return ReleaseAcknowledged(
        event_id=f"ack-{number}", order_id=order_id, occurred_at=NOON, release_key=f"{order_id}/release"
    )


def a_move(number: int) -> ParcelMoved:
    return ParcelMoved(
        event_id=f"move-{number}",
        order_id="order:shopify:1",
        occurred_at=NOON,
        tracking_number="T-1",
        state=ShipmentState.IN_TRANSIT,
    )


def received(number: int, quantity: int = 5, *, node: str = "berlin") -> StockEvent:
    """A warehouse's word about stock."""
    document = {
        "type": "stock.received",
        "event_id": f"received-{number}",
        "occurred_at": NOON.isoformat(),
        "node": node,
        "lines": [{"sku": "MUG", "quantity": quantity}],
    }
    return STOCK_EVENT.validate_json(json.dumps(document))


@dataclass
class Happenings:
    """What a partner remembers, a page at a time."""

    events: list[PartnerEvent | StockEvent] = field(default_factory=list)
    page_size: int = 3
    faults: list[Exception] = field(default_factory=list)
    """Raised instead of an answer, one a reading."""
    down: PartnerError | None = None
    readings: int = 0

    async def since(self, query: FeedQuery) -> FeedPage:
        self.readings += 1
        if self.faults:
            raise self.faults.pop(0)
        if self.down is not None:
            raise self.down
        start = int(query.cursor or 0)
        page = self.events[start : start + self.page_size]
        end = start + len(page)
        cursor = str(end) if end else None
        return FeedPage(events=tuple(page), cursor=cursor, more=end < len(self.events))


class FeedingWarehouse(FakeWarehouse):
    """A warehouse that is polled."""

    def __init__(self, world: World, happenings: Happenings) -> None:
        super().__init__(world)
        self.since = happenings.since


@dataclass
class Ledger:
    """Our stock ledger, as far as events go: each is written once."""

    written: dict[str, StockEvent] = field(default_factory=dict)
    faults: list[Exception] = field(default_factory=list)

    async def apply(self, event: StockEvent, *, source: str) -> None:
        assert source == "wms"
        if self.faults:
            raise self.faults.pop(0)
        if isinstance(event, GoodsReceived) and event.node == "atlantis":
            raise NotFound("there is no node atlantis")
        self.written.setdefault(event.event_id, event)


@dataclass
class Counter:
    """A channel that is only read: what its customers ordered, as JSON of the channel's own."""

    payloads: list[bytes] = field(default_factory=list)
    page_size: int = 2
    asked_at: list[float] = field(default_factory=list)

    async def orders(self, query: FeedQuery) -> OrdersPage:
        self.asked_at.append(time.monotonic())
        start = int(query.cursor or 0)
        page = self.payloads[start : start + self.page_size]
        end = start + len(page)
        return OrdersPage(payloads=tuple(page), cursor=str(end), more=end < len(self.payloads))

    async def tell(self, update: ChannelUpdate) -> Done:
        raise AssertionError(update)

    async def publish(self, batch: OfferBatch) -> Done:
        raise AssertionError(batch)
