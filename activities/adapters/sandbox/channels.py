"""The sandbox storefronts and marketplaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.http import Nonsense, PartnerHttp
from activities.adapters.sandbox.channel_wire import StockReceipt, stock_path
from activities.adapters.sandbox.wire import KEY_HEADER, key_header

if TYPE_CHECKING:
    from models.partners.asking import Done
    from models.settings import PartnerSettings
    from models.stock.publication import OfferBatch


class SandboxChannels:
    """Answers `activities.ports.stock.ChannelStock` for every channel of the sandbox."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to the channels where the settings say they are."""
        self._http = PartnerHttp("channels", settings)

    async def publish(self, batch: OfferBatch) -> Done:
        """Tell a channel what it may sell.

        Nothing is looked up after a lost reply: the versions in the batch make it safe to be told again.

        Raises:
            Refused: the channel does not take one of the offers, nor then any other of the batch.
            Transient: it may or may not have the batch.
            Unavailable: it is not there, or its quota is used up.
            Uncertain: it has something else under this key.
        """
        headers = {KEY_HEADER: key_header(batch.key)}
        content = await self._http.exchange("POST", stock_path(batch.channel), batch.model_dump_json(), headers)
        receipt = self._http.understood(StockReceipt, content)
        if (receipt.key, receipt.channel) != (batch.key, batch.channel):
            raise Nonsense(self._http.partner, "answered for another channel or batch than was told")
        return receipt.answer

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()
