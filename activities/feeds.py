"""Reading feeds: page after page from the kept cursor, in one activity for minutes, so that a poll costs no workflow.

What a page says and how far the feed is read are kept together. Whoever is killed at any moment, the page is read once
more: an event that is there already stays as it is, as does an order.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from temporalio import activity

from activities.attempts import shows_itself
from activities.records.feeds import Overtaken
from models.base import StrictModel
from models.errors import Conflict, InvalidInput, NotFound, Transient
from models.partners.events import OrderEvent
from models.partners.feeds import FeedQuery
from models.partners.polling import FEED_EVERY, ORDERS_EVERY, Read, Stretch
from models.partners.sources import check_source, quarantined_feed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import timedelta

    from activities.ports.channels import Channel, Feed
    from activities.ports.partners import ChannelFormat
    from activities.ports.stock import StockLedger
    from activities.records.feeds import FeedBook
    from activities.records.orders import Quarantine
    from activities.taking_orders import PolledOrders
    from models.partners.events import PartnerEvent
    from models.stock.events import StockEvent

log = structlog.get_logger()
_BEAT_S = 3.0


class Trouble(StrictModel):
    """Why a feed cannot be read."""

    feed: str
    said: str


class FeedBookActivities:
    """Verbs over our own record of feeds; quick: run as local activities."""

    def __init__(self, book: FeedBook) -> None:
        """Write to this record."""
        self._book = book

    @activity.defn(name="feeds.troubled")
    async def troubled(self, trouble: Trouble) -> None:
        await self._book.troubled(trouble.feed, trouble.said)


@dataclass(frozen=True)
class Told:
    """Where what partners tell is kept."""

    book: FeedBook
    stock: StockLedger
    quarantine: Quarantine


class FeedActivities:
    """Reading what one partner has to tell."""

    def __init__(self, source: str, feed: Feed, told: Told, *, every: timedelta = FEED_EVERY) -> None:
        """Read this partner's feed."""
        self._source = source
        self._feed = feed
        self._told = told
        self._every = every

    @activity.defn(name="feed.read")
    @shows_itself
    async def read(self, stretch: Stretch) -> Read:
        """Read on for a while; answers early where the worker is to stop."""
        return await _for_a_while(stretch, self._every, lambda: self._page(stretch.feed), page_by_page=False)

    async def _page(self, feed: str) -> Read:
        before = await self._told.book.cursor(feed)
        page = await self._feed.since(FeedQuery(cursor=before))
        after = page.cursor if page.cursor is not None else before
        _check_progress(self._source, before, after, more=page.more)
        events = [event for event in page.events if await self._takes(event)]
        orders = [event for event in events if isinstance(event, OrderEvent)]
        await self._told.book.keep(feed, self._source, orders, before=before, after=after)
        return Read(pages=1, taken=len(page.events), more=page.more)

    async def _takes(self, event: PartnerEvent | StockEvent) -> bool:
        """Write what happened to stock; whether it is an event that may be told and can be so."""
        try:
            check_source(self._source, event.type)
            if not isinstance(event, OrderEvent):
                await self._told.stock.apply(event, source=self._source)
        except (InvalidInput, Conflict, NotFound) as error:
            wrong = error if isinstance(error, InvalidInput) else InvalidInput.at("", _code(error), str(error))
            kept_as = quarantined_feed(self._source)
            await self._told.quarantine.keep(kept_as, event.model_dump_json().encode(), wrong)
            log.warning("event quarantined", source=self._source, event_type=event.type, code=wrong.errors[0].code)
            return False
        return True


@dataclass(frozen=True)
class Found:
    """What becomes of the orders that are found at one channel."""

    book: FeedBook
    layout: ChannelFormat
    """What they are read in."""
    taking: PolledOrders


class ChannelOrderActivities:
    """Reading the orders of one channel, so that a webhook that was lost is found."""

    def __init__(self, channel: str, shop: Channel, found: Found, *, every: timedelta = ORDERS_EVERY) -> None:
        """Read this channel's orders."""
        self._channel = channel
        self._shop = shop
        self._found = found
        self._every = every

    @activity.defn(name="channel.orders")
    @shows_itself
    async def read(self, stretch: Stretch) -> Read:
        """Read on for a while; where more is waiting, one page, so that each counts towards the channel's quota."""
        return await _for_a_while(stretch, self._every, lambda: self._page(stretch.feed), page_by_page=True)

    async def _page(self, feed: str) -> Read:
        book = self._found.book
        before = await book.cursor(feed)
        page = await self._shop.orders(FeedQuery(cursor=before))
        after = page.cursor if page.cursor is not None else before
        _check_progress(self._channel, before, after, more=page.more)
        for payload in page.payloads:
            await self._found.taking.take(self._channel, self._found.layout, payload)
        await book.keep(feed, self._channel, (), before=before, after=after)
        return Read(pages=1, taken=len(page.payloads), more=page.more)


async def _for_a_while(
    stretch: Stretch, every: timedelta, page: Callable[[], Awaitable[Read]], *, page_by_page: bool
) -> Read:
    """Read page after page until the time is up, with a pause where nothing more is waiting."""
    until = time.monotonic() + stretch.seconds
    done = Read()
    async with _beating():
        while True:
            with suppress(Overtaken):
                read = await page()
                done = Read(pages=done.pages + 1, taken=done.taken + read.taken, more=read.more)
            over = time.monotonic() >= until or activity.is_worker_shutdown()
            if over or (done.more and page_by_page):
                return done
            if not done.more:
                await _pause(min(every.total_seconds(), max(until - time.monotonic(), 0.0)))


async def _pause(seconds: float) -> None:
    """Wait so long, or until the worker is to stop."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await activity.wait_for_worker_shutdown()


@asynccontextmanager
async def _beating() -> AsyncIterator[None]:
    """Let the server know all the time that somebody reads: when nobody does any more, another one begins soon."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(_BEAT_S)

    beats = asyncio.create_task(beat())
    try:
        yield
    finally:
        beats.cancel()


def _check_progress(source: str, before: str | None, after: str | None, *, more: bool) -> None:
    """Refuse a page that would be read for ever.

    Raises:
        Transient: more is said to be waiting where this page began.
    """
    if more and before == after:
        raise Transient(source, "says that more is waiting, but not where")


def _code(error: Conflict | NotFound) -> str:
    return error.code if isinstance(error, Conflict) else "not_found"
