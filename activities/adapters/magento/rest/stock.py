"""What may be sold, told as the quantities of one of the shop's sources (Inventory Management, MSI)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.storefront.offers import Told
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.magento.rest.options import AdobeOptions
    from activities.adapters.magento.rest.shop import AdobeShop
    from models.stock.publication import Offer, OfferBatch

_IN_STOCK, _OUT_OF_STOCK = 1, 0


class SourceItems:
    """The shop's source that holds what this channel may sell."""

    def __init__(self, shop: AdobeShop, options: AdobeOptions) -> None:
        """Tell this shop."""
        self._shop = shop
        self._options = options
        self._told = Told()

    async def publish(self, batch: OfferBatch) -> Done:
        """Tell it, in lists as long as the shop takes.

        Raises:
            PartnerError: some lists may have been taken; telling again is safe.
        """
        offers, size = self._told.news(batch), self._options.list_size
        for begin in range(0, len(offers), size):
            part = offers[begin : begin + size]
            items = [self._item(offer) for offer in part]
            # The specification names no answer: the interface returns nothing, which comes as null or an empty list.
            await self._shop.ask(object, "POST", "V1/inventory/source-items", {"sourceItems": items})
            self._told.told(part)
        return Done(reference=batch.key)

    def _item(self, offer: Offer) -> dict[str, object]:
        return {
            "sku": offer.sku,
            "source_code": self._options.stock_source,
            "quantity": offer.quantity,
            "status": _IN_STOCK if offer.quantity else _OUT_OF_STOCK,
        }
