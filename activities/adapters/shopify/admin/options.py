"""What a Shopify shop is to be told beside its address and token."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from activities.adapters.storefront.options import ShopOptions

KEY_IS = "an access token of the Admin API, such as a custom app has"


class ShopifyOptions(ShopOptions):
    """`options` of the setting; `url` is the shop's own address, such as ``https://mugs.myshopify.com``."""

    location: Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]
    """The number of the shop's location whose quantities are what this channel may sell."""
    api_version: Annotated[str, Field(pattern=r"^20[0-9]{2}-(01|04|07|10)$")] = "2026-07"
    """The version of the API that is spoken; Shopify keeps each for a year."""
    notify: bool = False
    """Whether Shopify writes to the customer of its own accord; we do so already."""
    page_size: Annotated[int, Field(ge=1, le=50)] = 10
    """Orders a reading: each costs a query of its own."""
    namespace: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{2,40}$")] = "orderloom"
    """Under which metafields of ours stand: the versions of offers, and refunds made elsewhere."""
