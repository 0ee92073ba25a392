"""Items that will not be sent, told to Amazon by feed. Amazon cancels an item whole, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.amazon.feeds.envelopes import CANCELLATION, XML, cancelled
from activities.adapters.amazon.feeds.sending import Feeds, Parcel
from activities.adapters.amazon.selling.orders import order_of
from models.errors import Refused
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.amazon.selling.calling import Selling
    from activities.adapters.amazon.selling.options import AmazonOptions
    from activities.adapters.amazon.v2026_payload import OrderItem
    from models.partners.channels import ChannelCancellation

_OUT_OF_STOCK = "NoInventory"


async def cancel(selling: Selling, feeds: Feeds, options: AmazonOptions, told: ChannelCancellation) -> Done:
    """Tell of a cancellation, once; `reference` is the feed's id, or the order's where it is cancelled already.

    Raises:
        Refused: a part of an item, or what was sent; or Amazon's own words.
        Unavailable: the feed is being processed; asking again goes on waiting for it.
        PartnerError: it may be asked again.
    """
    order = (await order_of(selling, told.external_id)).order
    items = {item.order_item_id: item for item in order.order_items}
    named = {line.line_id: line.quantity for line in told.lines}
    strange = next((line for line in named if line not in items), None)
    if strange is not None:
        raise Refused(selling.name, f"has no item {strange}", code="no_such_line")
    left = [items[line] for line in named if not (order.is_cancelled or _is_cancelled(items[line]))]
    if not left and not await feeds.has(told.key):
        return Done(reference=told.external_id)
    for item in left:
        _whole(selling, item, named[item.order_item_id])
    reason = options.cancel_reasons.get(told.reason, _OUT_OF_STOCK)
    document = cancelled(options.seller_id, told.external_id, list(named), reason)
    return await feeds.send(Parcel(told.key, CANCELLATION, XML, document))


def _is_cancelled(item: OrderItem) -> bool:
    return item.quantity_ordered == 0 or item.cancellation.cancellation_execution is not None


def _whole(selling: Selling, item: OrderItem, quantity: int) -> None:
    if quantity != item.quantity_ordered or item.fulfillment.quantity_fulfilled:
        message = f"cancels item {item.order_item_id} whole or not at all, not {quantity} of {item.quantity_ordered}"
        raise Refused(selling.name, message, code="part_of_item")
