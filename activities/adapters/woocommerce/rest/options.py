"""What a WooCommerce shop is to be told beside its address and key."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from activities.adapters.storefront.options import ShopOptions

KEY_IS = "consumer key and secret of the shop's REST API, joined by a colon: ck_...:cs_..."


class Tracking(StrEnum):
    """How customers learn of a parcel: WooCommerce itself knows none."""

    NOTE = "note"
    """A note to the customer, which WooCommerce sends by e-mail."""
    EXTENSION = "shipment_tracking"
    """The Shipment Tracking extension, which shows it with the order and in the shop's e-mails."""
    NONE = "none"
    """Not by the shop; the parcel is kept with the order all the same."""


class WooOptions(ShopOptions):
    """`options` of the setting; `url` ends in the site's REST root, such as ``https://mugs.example/wp-json``."""

    tracking: Annotated[Tracking, Field(strict=False)] = Tracking.NOTE
    tracking_link: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    """Where a parcel is followed, with ``%1$s`` for its number; the extension asks for one."""
    note: Annotated[str, Field(min_length=1, max_length=1000)] = "Your parcel is on its way: {carrier} {number}"
    """What a customer is told, in the shop's language; ``{carrier}`` and ``{number}`` are filled in."""
    complete: bool = True
    """Whether an order whose goods have all left is set to completed."""
    page_size: Annotated[int, Field(ge=1, le=100)] = 20
    """Orders a reading."""
    statuses: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] = (
        "processing",
        "on-hold",
        "completed",
        "cancelled",
        "refunded",
    )
    """Which orders are read: those that were placed; a plugin's status of its own is added where it means that too."""
