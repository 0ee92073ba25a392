"""What a channel is told of orders in our hands: what was sent, what will not be, what is given back."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from models.base import ChannelName, Identifier, Quantity, Sku, StrictModel, Text
from models.money import Money
from models.order.document import Moment
from models.partners.asking import Ask


class ChannelLine(StrictModel):
    """So many of a line, by the channel's own id of it."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity


class _Update(Ask):
    """What every update says: which of the channel's orders it is about."""

    channel: ChannelName
    external_id: Identifier
    """The order's id at the channel."""
    number: Text | None = None
    """What the customer calls the order, where that differs."""


class ChannelFulfilment(_Update):
    """A parcel has left: the channel shows it to the customer and lets him follow it."""

    type: Literal["fulfilment"] = "fulfilment"
    shipment_id: Identifier
    """Ours; one update a shipment."""
    node: Identifier
    carrier: Text
    tracking_number: Text
    lines: Annotated[tuple[ChannelLine, ...], Field(min_length=1)]
    shipped_at: Moment


class ChannelCancellation(_Update):
    """Goods will not be delivered: the whole order, or the quantities named."""

    type: Literal["cancellation"] = "cancellation"
    lines: Annotated[tuple[ChannelLine, ...], Field(min_length=1)]
    whole: bool
    """Whether nothing of the order is or will be delivered."""
    reason: Text


class ChannelRefund(_Update):
    """Money is given back: by the channel, where it holds the money, or noted there, where we gave it back."""

    type: Literal["refund"] = "refund"
    amount: Money
    lines: tuple[ChannelLine, ...] = ()
    """Empty where it is for no goods in particular."""
    held_by_channel: bool
    """Whether the channel is to move the money; else it only notes what was moved."""
    reason: Text


ChannelUpdate = Annotated[ChannelFulfilment | ChannelCancellation | ChannelRefund, Field(discriminator="type")]
"""Any of them, told apart by `type`."""
