"""One sandbox channel, connected by name: its orders are read, and it is told what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.sandbox.channel_wire import ShopOrders, orders_path, told_path
from activities.adapters.sandbox.channels import SandboxChannels
from activities.adapters.sandbox.speaking import Speaking
from activities.adapters.sandbox.wire import Receipt
from models.partners.asking import Done
from models.partners.channels import ChannelRefund
from models.partners.feeds import OrdersPage

if TYPE_CHECKING:
    from models.partners.channels import ChannelUpdate
    from models.partners.feeds import FeedQuery
    from models.settings import PartnerSettings
    from models.stock.publication import OfferBatch

_DONE = Receipt[Done]


class SandboxShop:
    """Answers `activities.ports.channels.Channel` for one channel of the sandbox."""

    def __init__(self, channel: str, settings: PartnerSettings) -> None:
        """Speak to the channels' service where the settings say it is."""
        self._channel = channel
        self._speaking = Speaking(f"the channel {channel}", settings)
        self._stock = SandboxChannels(settings)

    async def orders(self, query: FeedQuery) -> OrdersPage:
        """Read orders that are new or were changed since."""
        page = await self._speaking.question("GET", orders_path(self._channel, query.cursor), ShopOrders)
        cursor = str(page.orders[-1].position) if page.orders else query.cursor
        return OrdersPage(
            payloads=tuple(order.payload.encode() for order in page.orders), cursor=cursor, more=page.more
        )

    async def tell(self, update: ChannelUpdate) -> Done:
        """Tell it of a parcel, a cancellation or a refund."""
        amount = update.amount if isinstance(update, ChannelRefund) else None
        return await self._speaking.effect(told_path(self._channel, update.type), update, _DONE, amount)

    async def publish(self, batch: OfferBatch) -> Done:
        """Tell it what it may sell."""
        return await self._stock.publish(batch)

    async def close(self) -> None:
        """Close every connection."""
        await self._speaking.close()
        await self._stock.close()
