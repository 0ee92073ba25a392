"""How many of a WooCommerce line are still to be delivered, and whether it is the line that is sent."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.woocommerce.payload import meta
from activities.adapters.woocommerce.states import FINISHED

if TYPE_CHECKING:
    from activities.adapters.woocommerce.payload import LineItem, WooOrder
    from activities.adapters.woocommerce.states import OrderStatus

_RESTOCKED = "_restock_refunded_items"
_REFUNDED_LINE = "_refunded_item_id"
_SENT_ALONE = ("_bundled_item_needs_shipping", "_composite_item_needs_shipping")


class Quantities:
    """Counts an order's lines, once for all of them."""

    def __init__(self, order: WooOrder, status: OrderStatus) -> None:
        """Go through the refunds and the bundles."""
        self._finished = status in FINISHED or _refunded_whole(order)
        self._refunded: Counter[str] = Counter()
        for refund in order.refunds:
            for line in refund.line_items:
                self._refunded[meta(line.meta_data, _REFUNDED_LINE) or ""] += abs(line.quantity or 0)
        self._unpacked = {
            container for item in order.line_items if (container := _container(item)) is not None and _sent_alone(item)
        }

    def left(self, item: LineItem) -> int:
        """What was ordered, less what was refunded and put back on the shelf.

        An order names its refunds by amount only. WooCommerce marks how many of a line it restocked, and an export
        may add the refunds' lines; a refund without either is money only, and the goods still go out. Where the order
        is finished or all the money has gone back, nothing does.
        """
        if self._finished:
            return 0
        restocked = meta(item.meta_data, _RESTOCKED) or ""
        marked = int(restocked) if restocked.isascii() and restocked.isdigit() else 0
        return max(0, item.quantity - max(self._refunded[item.id], marked))

    def needs_shipping(self, item: LineItem) -> bool:
        """Whether this line is what goes into the parcel.

        A bundle or composite comes as a container and its parts. Normally the parts are sent and the container only
        carries the price; where the parts are marked as not shipped by themselves, the container is sent assembled.
        """
        return _sent_alone(item) if _container(item) is not None else item.id not in self._unpacked


def _refunded_whole(order: WooOrder) -> bool:
    given = sum((abs(refund.total or Decimal(0)) for refund in order.refunds), Decimal(0))
    return given > 0 and given >= order.total


def _sent_alone(item: LineItem) -> bool:
    return meta(item.meta_data, *_SENT_ALONE) != "no"


def _container(item: LineItem) -> str | None:
    for given in (item.bundled_by, item.composite_parent):
        if isinstance(given, str | int) and str(given) not in {"", "0", item.id}:
            return str(given)
    return None
