"""How many of a WooCommerce line are still to be delivered, and whether it is the line that is sent."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.woocommerce.payload import meta
from activities.adapters.woocommerce.states import FINISHED, OrderStatus
from activities.adapters.woocommerce.told import sent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activities.adapters.woocommerce.payload import LineItem, WooOrder

_RESTOCKED = "_restock_refunded_items"
_REFUNDED_LINE = "_refunded_item_id"
_SENT_ALONE = ("_bundled_item_needs_shipping", "_composite_item_needs_shipping")


class Quantities:
    """Counts an order's lines, once for all of them."""

    def __init__(self, order: WooOrder, status: OrderStatus) -> None:
        """Go through the refunds, the parcels and the bundles."""
        self._sent = sent(order.meta_data)
        self._completed = status is OrderStatus.COMPLETED
        self._finished = status in FINISHED or _refunded_whole(order)
        self._refunded: Counter[str] = Counter()
        for refund in order.refunds:
            for line in refund.line_items:
                self._refunded[meta(line.meta_data, _REFUNDED_LINE) or ""] += abs(line.quantity or 0)
        self._parcels = go_into_parcels(order.line_items)

    def left(self, item: LineItem) -> int:
        """What was ordered, less what was refunded and put back on the shelf, and what we told it was sent.

        An order names its refunds by amount only. WooCommerce marks how many of a line it restocked, and an export
        may add the refunds' lines; a refund without either is money only, and the goods still go out. Where the order
        is finished or all the money has gone back, nothing does.
        """
        if self._finished:
            return 0
        return max(0, item.quantity - self._taken(item) - self._sent[item.id])

    def sent(self, item: LineItem) -> int:
        """Of what is not left, how many the customer was sent and keeps: of a completed order, all but the refunded."""
        return max(0, min(item.quantity - self._taken(item), item.quantity if self._completed else self._sent[item.id]))

    def _taken(self, item: LineItem) -> int:
        restocked = meta(item.meta_data, _RESTOCKED) or ""
        marked = int(restocked) if restocked.isascii() and restocked.isdigit() else 0
        return max(self._refunded[item.id], marked)

    def needs_shipping(self, item: LineItem) -> bool:
        """Whether this line is what goes into the parcel."""
        return item.id in self._parcels


def go_into_parcels(items: Sequence[LineItem]) -> set[str]:
    """The ids of those lines that are sent.

    A bundle or composite comes as a container and its parts. Normally the parts are sent and the container only
    carries the price; where the parts are marked as not shipped by themselves, the container is sent assembled.
    """
    unpacked = {container for item in items if (container := _container(item)) is not None and _sent_alone(item)}
    return {
        item.id for item in items if (_sent_alone(item) if _container(item) is not None else item.id not in unpacked)
    }


def _refunded_whole(order: WooOrder) -> bool:
    given = sum((abs(refund.total or Decimal(0)) for refund in order.refunds), Decimal(0))
    # The total is what gift cards left to be paid.
    return given > 0 and given >= sum((card.amount for card in order.gift_cards), order.total)


def _sent_alone(item: LineItem) -> bool:
    return meta(item.meta_data, *_SENT_ALONE) != "no"


def _container(item: LineItem) -> str | None:
    for given in (item.bundled_by, item.composite_parent):
        if isinstance(given, str | int) and str(given) not in {"", "0", item.id}:
            return str(given)
    return None
