"""What a partner that does not call us, or may lose a call, is asked: what has happened since."""

from __future__ import annotations

from models.base import StrictModel, Text
from models.partners.events import PartnerEvent
from models.stock.events import StockEvent


class FeedQuery(StrictModel):
    """Where the last reading ended; none: from the beginning, or from where the partner's memory begins."""

    cursor: Text | None = None


class FeedPage(StrictModel):
    """Some of what happened, oldest first. The same event read again has the same id."""

    events: tuple[PartnerEvent | StockEvent, ...]
    cursor: Text | None
    """Where to read on, now or later; none where nothing has ever happened."""
    more: bool = False
    """Whether more is waiting already."""


class OrdersPage(StrictModel):
    """Some of a channel's orders that are new or were changed, oldest change first, each as the channel wrote it."""

    payloads: tuple[bytes, ...]
    """Each one what the channel's format reads, whether it came by webhook or was fetched."""
    cursor: Text | None
    more: bool = False
