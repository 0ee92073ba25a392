"""Adobe Commerce's orders that are new or were changed, by `updated_at`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from activities.adapters.http import Nonsense
from activities.adapters.magento.rest.shop import AdobeShop, Filter, Found, search
from activities.adapters.storefront.keyset import Entry, Listed, Place, next_page
from models.partners.feeds import OrdersPage

if TYPE_CHECKING:
    from activities.adapters.magento.rest.options import AdobeOptions

_WRITTEN = "%Y-%m-%d %H:%M:%S"
"""As the shop writes times: UTC, to the second."""


async def read_orders(shop: AdobeShop, options: AdobeOptions, cursor: str | None, now: datetime) -> OrdersPage:
    """Read the next page.

    Raises:
        PartnerError: nothing was read; reading again from the same cursor is safe.
    """
    place = None if cursor is None else Place.read(cursor)
    page = await next_page(_Listing(shop, options, now), place, options.orders_since)
    return OrdersPage(
        payloads=tuple(entry.payload for entry in page.entries),
        cursor=None if page.place is None else str(page.place),
        more=page.more,
    )


class _Listing:
    """The orders by when they were changed, by the shop's search."""

    def __init__(self, shop: AdobeShop, options: AdobeOptions, now: datetime) -> None:
        self._shop = shop
        self._size = options.page_size
        self._until = Filter("updated_at", _written(now - timedelta(seconds=options.settle_s)), "lteq")

    async def since(self, moment: datetime | None) -> Listed:
        """Orders changed at this second or later."""
        begin = [] if moment is None else [Filter("updated_at", _written(moment), "gteq")]
        return await self._listed([*begin, self._until], ("updated_at", "entity_id"))

    async def within(self, moment: datetime, above: int) -> Listed:
        """Orders changed in this second whose id is greater."""
        filters = [Filter("updated_at", _written(moment)), Filter("entity_id", str(above), "gt")]
        return await self._listed(filters, ("entity_id",))

    async def _listed(self, filters: list[Filter], order: tuple[str, ...]) -> Listed:
        found = await self._shop.ask(Found, "GET", search("V1/orders", filters, order, self._size))
        try:
            entries = [_entry(each) for each in found.items]
        except (KeyError, ValueError, TypeError) as error:
            raise Nonsense(self._shop.name, "listed an order without an id, or without when it was changed") from error
        return Listed(entries, full=found.total_count > len(found.items))


def _entry(order: dict[str, Any]) -> Entry:
    changed_at = datetime.strptime(order["updated_at"], _WRITTEN).replace(tzinfo=UTC)
    payload = json.dumps(order, ensure_ascii=False, default=float).encode()
    return Entry(Place(changed_at, int(order["entity_id"])), payload)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_WRITTEN)
