"""Cancellations at WooCommerce: of the whole order by its status, of a part by a refund of goods without money."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from activities.adapters.storefront.once import once
from activities.adapters.storefront.references import marked
from activities.adapters.woocommerce.rest.orders import ORDER, REFUND, left, marked_with, order_of, path, refunds_of
from models.errors import Refused
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.woocommerce.rest.shop import WooShop
    from models.partners.channels import ChannelCancellation

REASON_MAX = 500
_OFF = {"cancelled", "refunded"}
_WHY = "_orderloom_cancelled"


class LeavingOut:
    """Tells one shop what will not be delivered."""

    def __init__(self, shop: WooShop) -> None:
        """Speak to this shop."""
        self._shop = shop

    async def tell(self, update: ChannelCancellation) -> Done:
        """See that it is cancelled, once.

        Raises:
            Refused: there is no such order, or so much of it is not left.
            PartnerError: it was not done: asking again is safe.
        """
        if update.whole:
            return await self._cancel(update)
        return await once(partial(self._find, update), partial(self._take_out, update))

    async def _cancel(self, update: ChannelCancellation) -> Done:
        order = await order_of(self._shop, update.external_id)
        if order.status == "completed":
            raise Refused(self._shop.name, "has the order as completed: it cannot be cancelled", code="completed")
        if order.status not in _OFF:
            change = {"status": "cancelled", "meta_data": [{"key": _WHY, "value": update.reason}]}
            order = await self._shop.ask(ORDER, "PUT", path(self._shop, order.id), change)
        if order.status not in _OFF:
            raise self._shop.nonsense(f"an order was cancelled, and is {order.status}")
        return Done(reference=order.id)

    async def _find(self, update: ChannelCancellation) -> Done | None:
        order = await order_of(self._shop, update.external_id)
        found = marked_with(await refunds_of(self._shop, order), update.key)
        return None if found is None else Done(reference=found.id)

    async def _take_out(self, update: ChannelCancellation) -> Done:
        order = await order_of(self._shop, update.external_id)
        rest = left(order, await refunds_of(self._shop, order))
        for line in update.lines:
            if line.quantity > rest[line.line_id]:
                said = (
                    f"{line.quantity} of line {line.line_id} cannot be cancelled: {max(rest[line.line_id], 0)} are left"
                )
                raise Refused(self._shop.name, said, code="not_open")
        goods = {
            "amount": "0",
            "reason": marked(update.reason, update.key, REASON_MAX),
            "line_items": [
                {"id": int(line.line_id), "quantity": line.quantity, "refund_total": 0} for line in update.lines
            ],
            # Money goes back by a refund of its own; stock is ours to count.
            "api_refund": False,
            "api_restock": False,
        }
        made = await self._shop.ask(REFUND, "POST", f"{path(self._shop, order.id)}/refunds", goods)
        return Done(reference=made.id)
