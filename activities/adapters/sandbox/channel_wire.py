"""What goes over the wire to and from a sandbox channel, beside our own words."""

from typing import Annotated
from urllib.parse import quote

from pydantic import Field

from models.base import ChannelName, Identifier, StrictModel
from models.partners.asking import Done


class StockReceipt(StrictModel):
    """A channel's answer to being told what it may sell; it repeats what it answers, so that a mix-up shows."""

    key: Annotated[str, Field(min_length=1, max_length=500)]
    channel: ChannelName
    answer: Done


class ShopOrder(StrictModel):
    """One order as its channel has it now."""

    position: Annotated[int, Field(ge=1)]
    """Counts up with each change of any order of the channel."""
    external_id: Identifier
    payload: Annotated[str, Field(min_length=1)]
    """The channel's own JSON."""


class ShopOrders(StrictModel):
    """Orders that were changed after a position, the oldest change first."""

    orders: tuple[ShopOrder, ...]
    more: bool


def stock_path(channel: str) -> str:
    """Where a channel is told what it may sell, and where it shows it."""
    return f"{_shop(channel)}/stock"


def orders_path(channel: str, after: str | None = None) -> str:
    """Where a channel's orders are read, from a position on."""
    return f"{_shop(channel)}/orders?after={quote(after or '0', safe='')}"


def told_path(channel: str, update: str) -> str:
    """Where a channel is told of parcels, cancellations and refunds, by the update's type."""
    return f"{_shop(channel)}/{update}s"


def _shop(channel: str) -> str:
    return f"/channels/{quote(channel, safe='')}"
