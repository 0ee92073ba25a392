"""How partners are polled: what is read where, and for how long at a time."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import StrictModel, Text


class Polled(StrEnum):
    """What is read."""

    EVENTS = "events"
    """What has happened, from a partner."""
    ORDERS = "orders"
    """Orders that are new or were changed, from a channel."""


class Polling(StrictModel):
    """One feed: what its workflow is started with."""

    feed: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9_-]*$")]
    """Its name, in our own record and in Temporal: ``feed-wms``, ``orders-shopify``."""
    queue: Text
    """The task queue on which it is read: the partner's own."""
    polled: Polled


class Stretch(StrictModel):
    """Read a feed for some time."""

    feed: Text
    seconds: Annotated[float, Field(ge=0)]
    """How long; zero: once."""


class Read(StrictModel):
    """What a stretch of reading came to."""

    pages: Annotated[int, Field(ge=0)] = 0
    taken: Annotated[int, Field(ge=0)] = 0
    """Events, or orders: those that were known already among them."""
    more: bool = False
    """Whether more is waiting already."""


FEED_EVERY = timedelta(seconds=3)
"""How often a partner is asked what has happened."""
ORDERS_EVERY = timedelta(seconds=15)
"""How often a channel is asked for orders that no webhook told of; it costs little of any channel's quota."""


def feed_of(partner: str) -> str:
    """Name the feed of a partner."""
    return f"feed-{partner}"


def orders_of(channel: str) -> str:
    """Name the polling of a channel's orders."""
    return f"orders-{channel}"
