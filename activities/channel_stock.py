"""What a channel's publication asks: our own list of what it is to be told, and the channel itself."""

from temporalio import activity

from activities.ports.stock import ChannelStock, StockOffers
from models.base import ChannelName
from models.partners.asking import Done
from models.stock.publication import OfferBatch


class StockOfferActivities:
    """Verbs over what channels are to be told; ours, and quick: run as local activities."""

    def __init__(self, offers: StockOffers) -> None:
        """Take batches from this list."""
        self._offers = offers

    @activity.defn(name="offers.next_batch")
    async def next_batch(self, channel: ChannelName) -> OfferBatch | None:
        return await self._offers.next_batch(channel)

    @activity.defn(name="offers.published")
    async def published(self, batch: OfferBatch) -> None:
        await self._offers.published(batch)


class ChannelStockActivities:
    """Verbs over a channel's port."""

    def __init__(self, channels: ChannelStock) -> None:
        """Tell these channels."""
        self._channels = channels

    @activity.defn(name="channel.publish")
    async def publish(self, batch: OfferBatch) -> Done:
        return await self._channels.publish(batch)
