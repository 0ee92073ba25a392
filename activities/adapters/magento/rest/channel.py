"""An Adobe Commerce shop as a channel: its orders are read by poll, and it is told by its Admin REST interface."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from activities.adapters.magento.rest.cancellations import cancel
from activities.adapters.magento.rest.options import options_of
from activities.adapters.magento.rest.polling import read_orders
from activities.adapters.magento.rest.refunds import refund
from activities.adapters.magento.rest.shipments import ship
from activities.adapters.magento.rest.shop import AdobeShop
from activities.adapters.magento.rest.stock import SourceItems
from models.partners.channels import ChannelCancellation, ChannelFulfilment

if TYPE_CHECKING:
    from models.partners.asking import Done
    from models.partners.channels import ChannelUpdate
    from models.partners.feeds import FeedQuery, OrdersPage
    from models.settings import PartnerSettings
    from models.stock.publication import OfferBatch


class AdobeChannel:
    """Answers `activities.ports.channels.Channel` for one shop."""

    def __init__(self, channel: str, settings: PartnerSettings) -> None:
        """Speak to the shop; its payloads are read by the format ``magento``.

        Raises:
            ValueError: an option is wrong, or there is no token; names the setting.
        """
        self._options = options_of(channel, settings)
        self._shop = AdobeShop(channel, settings)
        self._stock = SourceItems(self._shop, self._options)

    async def orders(self, query: FeedQuery) -> OrdersPage:
        """Read orders that are new or were changed since.

        Raises:
            PartnerError: reading again from the same cursor is safe.
        """
        return await read_orders(self._shop, self._options, query.cursor, datetime.now(UTC))

    async def tell(self, update: ChannelUpdate) -> Done:
        """Tell of a parcel, a cancellation or a refund, once.

        Raises:
            Refused: the shop does not take it; its own words.
            Uncertain: it did something else than it was asked.
            Transient: asking again is safe.
            Unavailable: it is not there.
        """
        if isinstance(update, ChannelFulfilment):
            return await ship(self._shop, self._options, update)
        if isinstance(update, ChannelCancellation):
            return await cancel(self._shop, update)
        return await refund(self._shop, self._options, update)

    async def publish(self, batch: OfferBatch) -> Done:
        """Tell what may be sold; levels are absolute, so that the same batch again changes nothing.

        Raises:
            Refused: the shop has no such article, or no such source.
            Transient: asking again is safe.
            Unavailable: it is not there.
        """
        return await self._stock.publish(batch)

    async def close(self) -> None:
        """Close every connection."""
        await self._shop.close()
