"""What is polled: the feeds of partners whose adapters have one, and the orders of channels that are connected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.feeds import ChannelOrderActivities, FeedActivities, Found, Told
from activities.ports.channels import Feed
from activities.taking_orders import PolledOrders, Rumours
from models.partners.polling import FEED_EVERY, ORDERS_EVERY, Polled, Polling, feed_of, orders_of
from workflows.queues import channel_queue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from activities.ports.channels import Channel
    from activities.ports.partners import ChannelFormat
    from activities.ports.stock import StockLedger
    from activities.records.batches import OrderStarter
    from activities.records.channels import KnownOrders
    from activities.records.feeds import FeedBook
    from activities.records.orders import Inbox, Orders, Quarantine
    from workflows.queues import Partner


@dataclass(frozen=True)
class Polls:
    """What polling takes."""

    book: FeedBook
    stock: StockLedger
    quarantine: Quarantine
    orders: Orders
    inbox: Inbox
    known: KnownOrders
    formats: Mapping[str, ChannelFormat]
    """What each channel's orders are read in."""
    feed_every: timedelta = FEED_EVERY
    orders_every: timedelta = ORDERS_EVERY

    def feeds(self, adapters: Mapping[Partner, object]) -> dict[Partner, FeedActivities]:
        """Read those partners whose adapters have a feed."""
        told = Told(self.book, self.stock, self.quarantine)
        return {
            partner: FeedActivities(partner.value, adapter, told, every=self.feed_every)
            for partner, adapter in adapters.items()
            if isinstance(adapter, Feed)
        }

    def feed_at(self, channel: str, shop: Feed) -> FeedActivities:
        """Read what a channel has to tell beside its orders: a till, what it took from its shop's shelf."""
        told = Told(self.book, self.stock, self.quarantine)
        return FeedActivities(channel, shop, told, every=self.feed_every)

    def orders_at(self, channel: str, shop: Channel, starter: OrderStarter) -> ChannelOrderActivities:
        """Read one channel's orders.

        Raises:
            KeyError: nobody can read them.
        """
        taking = PolledOrders(self.orders, self.quarantine, Rumours(self.known, self.inbox), starter)
        found = Found(self.book, self.formats[channel], taking)
        return ChannelOrderActivities(channel, shop, found, every=self.orders_every)


def feed_polling(partner: Partner) -> Polling:
    """How a partner's feed is polled."""
    return Polling(feed=feed_of(partner.value), queue=partner.value, polled=Polled.EVENTS)


def channel_feed_polling(channel: str) -> Polling:
    """How a channel's feed is polled."""
    return Polling(feed=feed_of(channel), queue=channel_queue(channel), polled=Polled.EVENTS)


def orders_polling(channel: str) -> Polling:
    """How a channel's orders are polled."""
    return Polling(feed=orders_of(channel), queue=channel_queue(channel), polled=Polled.ORDERS)
