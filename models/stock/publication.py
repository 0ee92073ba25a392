"""Publication: what a channel is told it may sell. Never what lies on the shelves."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.base import ChannelName, Sku, StrictModel, Text
from models.order.document import Moment
from models.stock.quantities import Level


class Offer(StrictModel):
    """What a channel may sell of an article from now on."""

    sku: Sku
    quantity: Level
    version: Annotated[int, Field(ge=1)]
    """Counts up with each offer to the channel: a channel that hears twice believes the higher one."""
    changed_at: Moment
    """When stock changed first that this offer tells of: the lag is counted from here."""


class OfferBatch(StrictModel):
    """Offers to one channel, sent together; the same batch again changes nothing."""

    key: Text
    channel: ChannelName
    offers: Annotated[tuple[Offer, ...], Field(min_length=1, max_length=1000)]


class Published(StrictModel):
    """What a channel was last told of an article."""

    channel: ChannelName
    sku: Sku
    quantity: Level
    version: Annotated[int, Field(ge=1)]
    changed_at: Moment
    published_at: Moment | None = None
    """None while it is on its way."""


class PublicationLag(StrictModel):
    """How late a channel hears, over the last offers it took; seconds."""

    channel: ChannelName
    offers: Level
    waiting: Level
    """Articles that have changed and are not with the channel yet."""
    median_s: float
    p95_s: float
    worst_s: float
