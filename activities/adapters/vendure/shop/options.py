"""What a Vendure shop is to be told beside its address and key."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from activities.adapters.storefront.options import ShopOptions

KEY_IS = "an API key of the shop's Admin API (createApiKey), whose role may read and update orders and the catalogue"


class VendureOptions(ShopOptions):
    """`options` of the setting; `url` is the shop's address, without a path."""

    admin_path: Annotated[str, Field(pattern=r"^[A-Za-z0-9/_-]+$")] = "admin-api"
    """Where the shop has its Admin API."""
    channel_token: str | None = None
    """Which of the shop's own channels is meant, where it has several."""
    page_size: Annotated[int, Field(ge=1, le=1000)] = 50
    """Orders a page."""
    token_methods: tuple[str, ...] = ("card-token",)
    """Payment methods of the shop that move no money: we take it, with the token that the shop was given."""
    stock_location: str | None = None
    """The id of the shop's stock location that holds what may be sold; not needed where it has only one."""
    version_field: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] = "offerVersion"
    """The whole-number custom field of product variants in which we note which offer the shop was last told."""
