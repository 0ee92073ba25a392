"""Which adapter speaks to which shop: a channel is connected by name, and its settings name a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.amazon.selling.channel import AmazonChannel
from activities.adapters.magento.rest.channel import AdobeChannel
from activities.adapters.partners import Closing
from activities.adapters.sandbox.shop import SandboxShop
from activities.adapters.shopify.admin.channel import ShopifyChannel
from activities.adapters.tryton.pos.channel import TrytonPos
from activities.adapters.vendure.shop.channel import VendureChannel
from activities.adapters.woocommerce.rest.channel import WooCommerceChannel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from activities.ports.channels import Channel
    from models.settings import PartnerSettings, Settings

SHOPS: dict[str, Callable[[str, PartnerSettings], Channel]] = {
    "adobe_commerce": AdobeChannel,
    "amazon": AmazonChannel,
    "sandbox": SandboxShop,
    "shopify": ShopifyChannel,
    "tryton_pos": TrytonPos,
    "vendure": VendureChannel,
    "woocommerce": WooCommerceChannel,
}
"""By kind; an adapter is told the channel's name, which is ours, and where the shop is."""


def open_shops(settings: Settings) -> dict[str, Channel]:
    """Make an adapter for each channel that is connected by name; nothing is connected yet.

    Raises:
        ValueError: there is no adapter of that kind, or its options are wrong; names the setting.
    """
    return {channel: _open(channel, shop) for channel, shop in settings.shops.items()}


def _open(channel: str, settings: PartnerSettings) -> Channel:
    kind = SHOPS.get(settings.kind)
    if kind is None:
        known = ", ".join(sorted(SHOPS))
        message = f"ORDERLOOM_SHOPS: {channel}: kind is {settings.kind!r}, but there are only these kinds: {known}"
        raise ValueError(message)
    return kind(channel, settings)


async def close_shops(shops: Mapping[str, Channel]) -> None:
    """Close every connection to every shop."""
    for adapter in shops.values():
        if isinstance(adapter, Closing):
            await adapter.close()
