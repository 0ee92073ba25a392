"""How many of a Shopify line are still to be delivered."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from activities.adapters.shopify.payload import LineItem, ShopifyOrder

_SENT = {"success", "pending", "open"}


class Quantities:
    """Counts an order's lines, once for all of them."""

    def __init__(self, order: ShopifyOrder) -> None:
        """Go through the refunds and the fulfilments."""
        self._all_money_back = order.financial_status == "refunded"
        self._order_status = order.fulfillment_status
        self._refunded: Counter[str | None] = Counter()
        for refund in order.refunds:
            for returned in refund.refund_line_items:
                self._refunded[returned.line_item_id] += returned.quantity or 0
        self._sent: Counter[str | None] = Counter()
        for fulfilment in order.fulfillments:
            if fulfilment.status in _SENT:
                for sent in fulfilment.line_items:
                    self._sent[sent.id] += sent.quantity or 0

    def left(self, item: LineItem) -> int:
        """What was ordered, less what was removed, refunded or already sent.

        Shopify's own counts decide where it gives them; an older payload is counted from its refunds and fulfilments.
        An order whose money has all gone back has nothing left to send, even where no line was refunded by name.
        """
        if self._all_money_back:
            return 0
        return max(0, min(item.quantity, self._kept(item), self._unsent(item)))

    def sent(self, item: LineItem) -> int:
        """Of what is not left, how many the customer was sent and keeps: the others were removed or refunded."""
        return max(0, min(item.quantity, self._kept(item)) - max(0, self._unsent(item)))

    def _kept(self, item: LineItem) -> int:
        """What was ordered, less what was removed or refunded, sent or not."""
        return item.quantity - self._refunded[item.id] if item.current_quantity is None else item.current_quantity

    def _unsent(self, item: LineItem) -> int:
        if item.fulfillable_quantity is not None:
            return item.fulfillable_quantity
        # A line says so itself; only where it does not, the order speaks for its lines.
        whole = (item.fulfillment_status or self._order_status) == "fulfilled"
        return 0 if whole else item.quantity - max(self._refunded[item.id], self._sent[item.id])
