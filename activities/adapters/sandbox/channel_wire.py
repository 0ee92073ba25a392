"""What goes over the wire to and from a sandbox channel, beside our own words."""

from typing import Annotated
from urllib.parse import quote

from pydantic import Field

from models.base import ChannelName, StrictModel
from models.partners.asking import Done


class StockReceipt(StrictModel):
    """A channel's answer to being told what it may sell; it repeats what it answers, so that a mix-up shows."""

    key: Annotated[str, Field(min_length=1, max_length=500)]
    channel: ChannelName
    answer: Done


def stock_path(channel: str) -> str:
    """Where a channel is told what it may sell, and where it shows it."""
    return f"/channels/{quote(channel, safe='')}/stock"
