"""Shopify keeps the contract of a channel, spoken to as its published schema has it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import ClassVar

import pytest

from activities.adapters.shopify.admin.channel import ShopifyChannel
from models.settings import PartnerSettings
from tests.contracts.channel import ChannelContract
from tests.contracts.shopify.stand_in import LOCATION, TOKEN, ShopifyShop, shopify_shop

_GRAPHQL = "graphql.json"


def connected(url: str, timeout_s: float = 5.0, **options: object) -> ShopifyChannel:
    settings = PartnerSettings(
        kind="shopify", url=url, timeout_s=timeout_s, key=TOKEN, options={"location": LOCATION, **options}
    )
    return ShopifyChannel("mugs", settings)


@pytest.fixture
async def books() -> AsyncIterator[ShopifyShop]:
    async with shopify_shop() as shop:
        yield shop


class TestShopifyChannel(ChannelContract):
    strikes: ClassVar = {
        "fulfilment": ("POST", _GRAPHQL, "fulfillmentCreate"),
        "cancellation": ("POST", _GRAPHQL, "orderCancel"),
        "part": ("POST", _GRAPHQL, "refundCreate"),
        "refund": ("POST", _GRAPHQL, "refundCreate"),
        "offers": ("POST", _GRAPHQL, "inventorySetQuantities"),
        "orders": ("POST", _GRAPHQL, "sortKey"),
    }

    def make(self, url: str, timeout_s: float) -> ShopifyChannel:
        return connected(url, timeout_s)
