"""Goods that will not be delivered, told to a shop that can cancel only all that is left of an order.

The REST interface has one cancellation: of everything not yet invoiced or shipped. Single pieces are noted on the order
in words, with their numbers; once the notes and the new one make up all that is open, the shop cancels it. What was
invoiced it never cancels: there the note stands until the refund closes the rows.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from activities.adapters.magento.rest.orders import ShopOrder, order_of, uninvoiced
from activities.adapters.magento.rest.shipments import Comment, written
from activities.adapters.magento.rest.shop import AdobeShop, Found
from activities.adapters.storefront.once import once
from models.errors import Refused
from models.partners.asking import Done

if TYPE_CHECKING:
    from models.partners.channels import ChannelCancellation

_CANCELLED = "cancelled"
_NOTE = re.compile(r"Not delivered: ([0-9]+ x \S+(?:, [0-9]+ x \S+)*)\.")


class _Note(Comment):
    entity_id: int | None = None

    def quantities(self) -> Counter[str]:
        """How many of which line it says will not be delivered; nothing where it is not one of ours."""
        found = _NOTE.search(self.comment or "")
        parts = (part.split(" x ") for part in found[1].split(", ")) if found else ()
        return Counter({line: int(quantity) for quantity, line in parts})


async def cancel(shop: AdobeShop, told: ChannelCancellation) -> Done:
    """Tell of a cancellation, once.

    Raises:
        Refused: the shop has the order on hold or under review.
        PartnerError: it may be asked again.
    """
    order = await order_of(shop, told.external_id)
    if order.order.state == "canceled":
        return Done(reference=_CANCELLED)
    notes = await _notes(shop, order)
    own = next((note for note in notes if note.bears(told.key)), None)
    if own is not None:
        return _noted(own)
    named = Counter({line.line_id: line.quantity for line in told.lines})
    spoken = sum((note.quantities() for note in notes), named)
    if _all_that_is_open(order, spoken, whole=told.whole):
        return await _cancel_rest(shop, told, order)
    if not any(order.open[line] for line in named if line in order.open) and _cancelled(order, named):
        return Done(reference=_CANCELLED)
    return await _note(shop, told, order, named)


def _all_that_is_open(order: ShopOrder, spoken: Counter[str], *, whole: bool) -> bool:
    left = {line: quantity for line, quantity in order.open.items() if quantity}
    return bool(left) and all(
        (whole or quantity <= spoken[line]) and uninvoiced(order.goods[line]) >= quantity
        for line, quantity in left.items()
    )


def _cancelled(order: ShopOrder, named: Counter[str]) -> bool:
    rows = {line: one.payer.item for line, one in order.goods.items()}
    return all(line in rows and (rows[line].qty_canceled or 0) >= quantity for line, quantity in named.items())


async def _cancel_rest(shop: AdobeShop, told: ChannelCancellation, order: ShopOrder) -> Done:
    async def find() -> Done | None:
        now = await order_of(shop, told.external_id)
        return None if any(now.open.values()) else Done(reference=_CANCELLED)

    async def make() -> Done:
        if not await shop.ask(bool, "POST", f"V1/orders/{order.entity_id}/cancel"):
            message = f"does not cancel the order, which is {order.order.status or order.order.state}"
            raise Refused(shop.name, message, code="not_cancellable")
        return Done(reference=_CANCELLED)

    return await once(find, make)


async def _note(shop: AdobeShop, told: ChannelCancellation, order: ShopOrder, named: Counter[str]) -> Done:
    goods = ", ".join(f"{quantity} x {line}" for line, quantity in sorted(named.items()))
    history = {
        **written(f"Not delivered: {goods}. {told.reason}", told.key),
        "is_customer_notified": 0,
        "parent_id": order.entity_id,
        # The shop takes the order's status from the newest comment: without one the order would lose its own.
        "status": order.order.status or order.order.state or "processing",
    }

    async def find() -> Done | None:
        own = next((note for note in await _notes(shop, order) if note.bears(told.key)), None)
        return None if own is None else _noted(own)

    async def make() -> Done:
        await shop.ask(bool, "POST", f"V1/orders/{order.entity_id}/comments", {"statusHistory": history})
        return await find() or Done(reference="comment")

    return await once(find, make)


async def _notes(shop: AdobeShop, order: ShopOrder) -> list[_Note]:
    return shop.rows(_Note, await shop.ask(Found, "GET", f"V1/orders/{order.entity_id}/comments"))


def _noted(note: _Note) -> Done:
    return Done(reference=f"comment {note.entity_id}" if note.entity_id else "comment")
