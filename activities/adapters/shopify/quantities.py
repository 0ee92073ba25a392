"""How many of a Shopify line are still to be delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from activities.adapters.shopify.payload import LineItem, ShopifyOrder

_SHIPPED = {"success", "pending", "open"}


def open_quantity(order: ShopifyOrder, item: LineItem) -> int:
    """What was ordered, less what was removed, refunded or already sent.

    Shopify's own counts decide where it gives them; an older payload is counted from its refunds and fulfilments. An
    order whose money has all gone back has nothing left to send, even where no line was refunded by name.
    """
    if order.financial_status == "refunded":
        return 0
    refunded = sum(
        line.quantity or 0
        for refund in order.refunds
        for line in refund.refund_line_items
        if line.line_item_id == item.id
    )
    current = item.quantity - refunded if item.current_quantity is None else item.current_quantity
    fulfillable = item.fulfillable_quantity
    if fulfillable is None:
        fulfillable = item.quantity - max(refunded, _sent(order, item))
    return max(0, min(item.quantity, current, fulfillable))


def _sent(order: ShopifyOrder, item: LineItem) -> int:
    # A line says so itself; only where it does not, the order speaks for its lines.
    if (item.fulfillment_status or order.fulfillment_status) == "fulfilled":
        return item.quantity
    return sum(
        line.quantity or 0
        for fulfilment in order.fulfillments
        if fulfilment.status in _SHIPPED
        for line in fulfilment.line_items
        if line.id == item.id
    )
