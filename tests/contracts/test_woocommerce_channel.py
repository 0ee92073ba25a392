"""WooCommerce keeps the contract of a channel, spoken to as its REST API v3 is documented."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import ClassVar

import pytest

from activities.adapters.woocommerce.rest.channel import WooCommerceChannel
from models.settings import PartnerSettings
from tests.contracts.channel import ChannelContract
from tests.contracts.woocommerce.stand_in import KEY, WooCommerceShop, woocommerce_shop


def connected(url: str, timeout_s: float = 5.0, **options: object) -> WooCommerceChannel:
    settings = PartnerSettings(kind="woocommerce", url=url, timeout_s=timeout_s, key=KEY, options=options)
    return WooCommerceChannel("hats", settings)


@pytest.fixture
async def books() -> AsyncIterator[WooCommerceShop]:
    async with woocommerce_shop() as shop:
        yield shop


class TestWooCommerceChannel(ChannelContract):
    strikes: ClassVar = {
        "fulfilment": ("PUT", "/orders/", ""),
        "cancellation": ("PUT", "/orders/", ""),
        "part": ("POST", "/refunds", ""),
        "refund": ("POST", "/refunds", ""),
        "offers": ("POST", "/batch", ""),
        "orders": ("GET", "/orders?", ""),
    }

    def make(self, url: str, timeout_s: float) -> WooCommerceChannel:
        return connected(url, timeout_s)
