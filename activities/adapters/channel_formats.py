"""Which format each channel's orders are read in: those we know by name, and every channel that is connected.

API and workers read with the same formats, so that an order that was polled is the same as one that was handed in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.amazon.orders import AmazonOrders
from activities.adapters.canonical.orders import CanonicalOrders
from activities.adapters.magento.orders import MagentoOrders
from activities.adapters.shopify.orders import ShopifyOrders
from activities.adapters.tryton.pos.orders import TrytonPosOrders
from activities.adapters.vendure.orders import VendureOrders
from activities.adapters.woocommerce.orders import WooCommerceOrders

if TYPE_CHECKING:
    from collections.abc import Callable

    from activities.ports.partners import ChannelFormat
    from models.settings import PartnerSettings, Settings

FORMATS: dict[str, Callable[[str, PartnerSettings], ChannelFormat]] = {
    "adobe_commerce": lambda channel, _shop: MagentoOrders(channel),
    "amazon": lambda channel, _shop: AmazonOrders(channel),
    "sandbox": lambda channel, _shop: CanonicalOrders(channel),
    "shopify": lambda channel, shop: ShopifyOrders(shop.callback_secret.get_secret_value(), channel),
    "tryton_pos": lambda channel, _shop: TrytonPosOrders(channel),
    "vendure": lambda channel, _shop: VendureOrders(channel),
    "woocommerce": lambda channel, shop: WooCommerceOrders(
        shop.callback_secret.get_secret_value(), channel, _placed(shop)
    ),
}
"""By the kind of a connected channel that we do not know by name: the format of what it sends and is polled for."""

_SIGNING = frozenset({"shopify", "woocommerce"})
"""Kinds whose webhooks are signed; what others send needs an API key."""


def channel_formats(settings: Settings) -> dict[str, ChannelFormat]:
    """Make the format of every channel, by its name.

    Raises:
        ValueError: a channel is connected whose orders nobody can read; names the setting.
    """
    known: dict[str, ChannelFormat] = {
        "shopify": ShopifyOrders(settings.shopify_secret.get_secret_value()),
        "woocommerce": WooCommerceOrders(
            settings.woocommerce_secret.get_secret_value(), placed=_placed(settings.shops.get("woocommerce"))
        ),
        "magento": MagentoOrders(),
        "amazon": AmazonOrders(),
        "b2b": CanonicalOrders("b2b"),
        "pos": CanonicalOrders("pos"),
    }
    connected = {
        channel: _format(channel, shop)
        for channel, shop in settings.shops.items()
        if channel not in known or _signs(shop)
    }
    return known | connected


def signed_channels(settings: Settings) -> frozenset[str]:
    """Say which channels sign what they send with a secret we know: their signature lets them in."""
    secrets = {"shopify": settings.shopify_secret, "woocommerce": settings.woocommerce_secret}
    by_name = {name for name, secret in secrets.items() if secret.get_secret_value()}
    return frozenset(by_name | {channel for channel, shop in settings.shops.items() if _signs(shop)})


def _placed(shop: PartnerSettings | None) -> tuple[str, ...]:
    """The statuses that mean an order by a WooCommerce shop's options; what is wrong with those its adapter says."""
    given = shop.options.get("statuses") if shop is not None and shop.kind == "woocommerce" else None
    return tuple(each for each in given if isinstance(each, str)) if isinstance(given, list) else ()


def _signs(shop: PartnerSettings) -> bool:
    return shop.kind in _SIGNING and bool(shop.callback_secret.get_secret_value())


def _format(channel: str, shop: PartnerSettings) -> ChannelFormat:
    try:
        return FORMATS[shop.kind](channel, shop)
    except KeyError:
        kinds = ", ".join(sorted(FORMATS))
        message = f"ORDERLOOM_SHOPS: {channel}: orders of kind {shop.kind!r} cannot be read; there are: {kinds}"
        raise ValueError(message) from None
