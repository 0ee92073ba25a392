"""An Amazon account as a channel: its orders are read by poll, and it is told by the Selling Partner API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from activities.adapters.amazon.feeds.cancelling import cancel
from activities.adapters.amazon.feeds.refunding import refund
from activities.adapters.amazon.feeds.sending import Feeds
from activities.adapters.amazon.selling.calling import Selling
from activities.adapters.amazon.selling.changed import Changed2026, ChangedV0
from activities.adapters.amazon.selling.listings import Listings
from activities.adapters.amazon.selling.options import options_of
from activities.adapters.amazon.selling.shipments import confirm
from activities.adapters.amazon.selling.spans import Span, read_span
from models.partners.channels import ChannelCancellation, ChannelFulfilment

if TYPE_CHECKING:
    from models.partners.asking import Done
    from models.partners.channels import ChannelUpdate
    from models.partners.feeds import FeedQuery, OrdersPage
    from models.settings import PartnerSettings
    from models.stock.publication import OfferBatch


class AmazonChannel:
    """Answers `activities.ports.channels.Channel` for one account."""

    def __init__(self, channel: str, settings: PartnerSettings) -> None:
        """Speak to the account's region; its payloads are read by the format ``amazon``.

        Raises:
            ValueError: an option is missing or wrong, or there is no refresh token; names the setting.
        """
        self._options = options_of(channel, settings)
        self._selling = Selling(channel, settings, self._options)
        self._feeds = Feeds(self._selling, self._options)
        self._listings = Listings(self._selling, self._feeds, self._options)
        version = ChangedV0 if self._options.orders_api == "v0" else Changed2026
        self._changed: ChangedV0 | Changed2026 = version(self._selling, self._options)

    async def orders(self, query: FeedQuery) -> OrdersPage:
        """Read orders that are new or were changed since, pending ones apart.

        Raises:
            PartnerError: reading again from the same cursor is safe.
        """
        now = datetime.now(UTC)
        return await read_span(self._changed, Span.read(query.cursor, self._options.orders_since, now), now)

    async def tell(self, update: ChannelUpdate) -> Done:
        """Tell of a parcel, a cancellation or a refund, once.

        Raises:
            Refused: Amazon does not take it; its own words.
            Uncertain: nobody can tell whether it was done.
            Transient: asking again is safe.
            Unavailable: it is not there, its quota is used up, or a feed is still being processed.
        """
        if isinstance(update, ChannelFulfilment):
            return await confirm(self._selling, self._options, update)
        if isinstance(update, ChannelCancellation):
            return await cancel(self._selling, self._feeds, self._options, update)
        return await refund(self._selling, self._feeds, self._options, update)

    async def publish(self, batch: OfferBatch) -> Done:
        """Tell what may be sold.

        Raises:
            Refused: a listing is not there; names it.
            Transient: asking again is safe.
            Unavailable: it is not there, its quota is used up, or a feed is still being processed.
        """
        return await self._listings.publish(batch)

    async def close(self) -> None:
        """Close every connection."""
        await self._selling.close()
