"""Refunds at WooCommerce: by the shop's payment gateway where it holds the money, else noted in the shop's books.

Goods are not named: WooCommerce does not say whether what a refund names was sent before, so that an order that is read
again would count it as not to be sent.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from activities.adapters.storefront.once import once
from activities.adapters.storefront.references import marked
from activities.adapters.woocommerce.rest.leaving_out import REASON_MAX
from activities.adapters.woocommerce.rest.orders import REFUND, held, marked_with, order_of, path, refunds_of
from activities.adapters.woocommerce.rest.shop import REFUND_FAILED
from models.errors import Refused, Uncertain
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.woocommerce.rest.shop import WooShop
    from models.partners.channels import ChannelRefund


class Refunds:
    """Tells one shop what is given back."""

    def __init__(self, shop: WooShop) -> None:
        """Speak to this shop."""
        self._shop = shop

    async def tell(self, update: ChannelRefund) -> Done:
        """See that the money goes back, or is noted, once.

        Raises:
            Refused: there is no such order, or it does not hold so much, or not in this currency.
            Uncertain: the shop's payment gateway failed at it, and may have done it.
            PartnerError: it was not done: asking again is safe.
        """
        return await once(partial(self._find, update), partial(self._give_back, update))

    async def _find(self, update: ChannelRefund) -> Done | None:
        order = await order_of(self._shop, update.external_id)
        found = marked_with(await refunds_of(self._shop, order), update.key)
        return None if found is None else Done(reference=found.id)

    async def _give_back(self, update: ChannelRefund) -> Done:
        order = await order_of(self._shop, update.external_id)
        if order.currency != update.amount.currency:
            said = f"gives back {order.currency} for this order, not {update.amount.currency}"
            raise Refused(self._shop.name, said, code="currency")
        rest = held(order, await refunds_of(self._shop, order))
        if update.amount.major > rest:
            said = f"holds {rest} {order.currency} of this order, and {update.amount} was to be given back"
            raise Refused(self._shop.name, said, code="not_held")
        money = {
            "amount": str(update.amount.major),
            "reason": marked(update.reason, update.key, REASON_MAX),
            "api_refund": update.held_by_channel,
            "api_restock": False,
        }
        try:
            made = await self._shop.ask(REFUND, "POST", f"{path(self._shop, order.id)}/refunds", money)
        except Refused as error:
            if update.held_by_channel and error.code == REFUND_FAILED:
                said = f"failed at giving {update.amount} back, and its payment gateway may have done it: {error}"
                raise Uncertain(self._shop.name, said, code=error.code) from error
            raise
        return Done(reference=made.id)
