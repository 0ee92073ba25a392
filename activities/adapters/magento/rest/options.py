"""What an Adobe Commerce shop is to be told beside its address and token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from activities.adapters.storefront.options import ShopOptions, read_options

if TYPE_CHECKING:
    from models.settings import PartnerSettings


class AdobeOptions(ShopOptions):
    """`options` of the setting; `url` holds the store view, such as ``https://shop.example/rest/default``."""

    sources: Annotated[dict[str, str], Field(default_factory=dict)]
    """Which of the shop's sources each node of ours is, for parcels; a node not named lets the shop choose."""
    stock_source: Annotated[str, Field(min_length=1)] = "default"
    """The source whose quantities are what this channel may sell."""
    notify: bool = False
    """Whether the shop writes to the customer of its own accord; we do so already."""
    page_size: Annotated[int, Field(ge=1, le=300)] = 100
    """Orders a page; 300 is what a shop gives at most where its input limits are switched on."""
    list_size: Annotated[int, Field(ge=1, le=1000)] = 20
    """Quantities told in one request; 20 is what a shop takes at most where its input limits are switched on."""


def options_of(channel: str, settings: PartnerSettings) -> AdobeOptions:
    """Read the options.

    Raises:
        ValueError: one is wrong, or there is no token; names the setting.
    """
    return read_options(AdobeOptions, channel, settings, "the access token of an integration in the shop")
