"""One Shopify shop as a channel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from activities.adapters.shopify.admin.graphql import ShopifyGraphql
from activities.adapters.shopify.admin.leaving_out import LeavingOut
from activities.adapters.shopify.admin.offers import Offers
from activities.adapters.shopify.admin.options import KEY_IS, ShopifyOptions
from activities.adapters.shopify.admin.parcels import Parcels
from activities.adapters.shopify.admin.reading.polling import read_orders
from activities.adapters.shopify.admin.refunds import Refunds
from activities.adapters.storefront.options import read_options
from models.partners.channels import ChannelCancellation, ChannelFulfilment

if TYPE_CHECKING:
    from models.partners.asking import Done
    from models.partners.channels import ChannelUpdate
    from models.partners.feeds import FeedQuery, OrdersPage
    from models.settings import PartnerSettings
    from models.stock.publication import OfferBatch


class ShopifyChannel:
    """Answers `activities.ports.channels.Channel`."""

    def __init__(self, channel: str, settings: PartnerSettings) -> None:
        """Speak to the shop where the settings say it is.

        Raises:
            ValueError: an option is missing or wrong; names the setting.
        """
        self._options = read_options(ShopifyOptions, channel, settings, KEY_IS)
        self._shop = ShopifyGraphql(channel, settings, self._options.api_version)
        self._refunds = Refunds(self._shop, self._options)
        self._parcels = Parcels(self._shop, self._options)
        self._leaving_out = LeavingOut(self._shop, self._options, self._refunds)
        self._offers = Offers(self._shop, self._options)

    async def orders(self, query: FeedQuery) -> OrdersPage:
        """Read orders that are new or were changed since."""
        return await read_orders(self._shop, self._options, query.cursor, datetime.now(UTC))

    async def tell(self, update: ChannelUpdate) -> Done:
        """Tell it of a parcel, a cancellation or a refund."""
        if isinstance(update, ChannelFulfilment):
            return await self._parcels.tell(update)
        if isinstance(update, ChannelCancellation):
            return await self._leaving_out.tell(update)
        return await self._refunds.tell(update)

    async def publish(self, batch: OfferBatch) -> Done:
        """Tell it what it may sell; an offer older than one it has changes nothing."""
        return await self._offers.publish(batch)

    async def close(self) -> None:
        """Close every connection."""
        await self._shop.close()
