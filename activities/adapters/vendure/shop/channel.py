"""A Vendure shop as a channel: its orders are read by poll, and it is told by its Admin API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from activities.adapters.vendure.shop.polling import read_orders
from activities.adapters.vendure.shop.publishing import publish
from activities.adapters.vendure.shop.speaking import Speaking
from activities.adapters.vendure.shop.telling import tell

if TYPE_CHECKING:
    from models.partners.asking import Done
    from models.partners.channels import ChannelUpdate
    from models.partners.feeds import FeedQuery, OrdersPage
    from models.settings import PartnerSettings
    from models.stock.publication import OfferBatch


class VendureChannel:
    """Answers `activities.ports.channels.Channel` for one shop."""

    def __init__(self, channel: str, settings: PartnerSettings) -> None:
        """Speak to the shop; its payloads are read by the format ``vendure/order``.

        Raises:
            ValueError: an option is wrong, or there is no key; names the setting.
        """
        self._speaking = Speaking(channel, settings)

    async def orders(self, query: FeedQuery) -> OrdersPage:
        """Read orders that are new or were changed since.

        Raises:
            PartnerError: reading again from the same cursor is safe.
        """
        return await read_orders(self._speaking, query.cursor, datetime.now(UTC))

    async def tell(self, update: ChannelUpdate) -> Done:
        """Tell of a parcel, a cancellation or a refund, once.

        Raises:
            Refused: the shop does not take it; its own words.
            Uncertain: it says it did what cannot be seen there.
            Transient: asking again is safe.
            Unavailable: it is not there.
        """
        return await tell(self._speaking, update)

    async def publish(self, batch: OfferBatch) -> Done:
        """Tell what may be sold; an offer that is not newer than the one it has changes nothing.

        Raises:
            Refused: the shop does not list an article; nothing of the batch was told.
            Transient: telling again is safe.
            Unavailable: it is not there, or does not say where its stock lies.
        """
        return await publish(self._speaking, batch)

    async def close(self) -> None:
        """Close every connection."""
        await self._speaking.close()
