"""The lines of an order as its channel is told of them: so many of each, by the channel's own ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.partners.channels import ChannelLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.order.order import Order


def channel_lines(order: Order, quantities: Mapping[str, int]) -> tuple[ChannelLine, ...]:
    """So many of each line; lines of which there are none are left out."""
    return tuple(
        ChannelLine(line_id=line.id, sku=line.sku, quantity=quantities[line.id])
        for line in order.lines
        if quantities.get(line.id, 0) > 0
    )
