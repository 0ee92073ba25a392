"""WooCommerce's orders that are new or were changed, as its webhooks give them, with the lines of their refunds.

An order names its refunds by amount only. Their lines say how many will not be delivered, and are put where an export
would put them, so that one format reads both. Orders that nobody has placed yet, such as carts, are not asked for.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from activities.adapters.storefront.keyset import Entry, Listed, Place, next_page
from activities.adapters.woocommerce.rest.shop import API
from models.partners.feeds import OrdersPage

if TYPE_CHECKING:
    from activities.adapters.woocommerce.rest.options import WooOptions
    from activities.adapters.woocommerce.rest.shop import WooShop

_ORDERS = TypeAdapter(list[dict[str, Any]])
_MANY = 100
_PLACE = "id,date_modified_gmt"
_SECOND = timedelta(seconds=1)


async def read_orders(shop: WooShop, options: WooOptions, cursor: str | None, now: datetime) -> OrdersPage:
    """Read the next page.

    Raises:
        PartnerError: nothing was read; reading again from the same cursor is safe.
    """
    place = None if cursor is None else Place.read(cursor)
    page = await next_page(_Listing(shop, options, now), place, options.orders_since)
    return OrdersPage(
        payloads=tuple([await _with_refunds(shop, entry.payload) for entry in page.entries]),
        cursor=None if page.place is None else str(page.place),
        more=page.more,
    )


class _Listing:
    """The orders by when they were changed."""

    def __init__(self, shop: WooShop, options: WooOptions, now: datetime) -> None:
        self._shop = shop
        self._size = options.page_size
        self._known = {"status": ",".join(options.statuses), "dates_are_gmt": "true", "order": "asc"}
        self._settled: dict[str, str] = {}
        if options.settle_s:
            # WooCommerce takes both ends as excluded.
            self._settled = {"modified_before": _written(now - timedelta(seconds=options.settle_s) + _SECOND)}

    async def since(self, moment: datetime | None) -> Listed:
        """Orders changed at this second or later."""
        begin = {} if moment is None else {"modified_after": _written(moment - _SECOND)}
        query = {**self._known, **self._settled, **begin, "orderby": "modified", "per_page": self._size}
        return self._listed(await self._shop.ask(_ORDERS, "GET", f"{API}/orders", **query))

    async def within(self, moment: datetime, above: int) -> Listed:
        """Orders changed in this second whose id is greater: first all their ids, then as many of them as fit."""
        span = {"modified_after": _written(moment - _SECOND), "modified_before": _written(moment + _SECOND)}
        ids: list[int] = []
        for page in range(1, 1_000_000):
            query = {**self._known, **span, "orderby": "id", "per_page": _MANY, "page": page, "_fields": _PLACE}
            found = await self._shop.ask(_ORDERS, "GET", f"{API}/orders", **query)
            places = [self._entry(each).place for each in found]
            ids += [place.number for place in places if place.changed_at == moment]
            if len(found) < _MANY:
                break
        wanted = sorted(each for each in ids if each > above)[: self._size]
        if not wanted:
            return Listed((), full=False)
        chosen = {**self._known, **span, "include": ",".join(map(str, wanted)), "per_page": self._size}
        return self._listed(await self._shop.ask(_ORDERS, "GET", f"{API}/orders", **chosen))

    def _listed(self, orders: list[dict[str, Any]]) -> Listed:
        return Listed([self._entry(order) for order in orders], full=len(orders) >= self._size)

    def _entry(self, order: dict[str, Any]) -> Entry:
        try:
            changed_at = datetime.fromisoformat(order["date_modified_gmt"]).replace(tzinfo=UTC)
        except (KeyError, TypeError, ValueError) as error:
            raise self._shop.nonsense(f"an order without the time of its change: {error}") from error
        payload = json.dumps(order, ensure_ascii=False, default=float).encode()
        return Entry(Place(changed_at, self._id(order)), payload)

    def _id(self, order: dict[str, Any]) -> int:
        number = order.get("id")
        if not isinstance(number, int):
            raise self._shop.nonsense("an order without an id")
        return number


async def _with_refunds(shop: WooShop, payload: bytes) -> bytes:
    order: dict[str, Any] = json.loads(payload)
    if not order.get("refunds"):
        return payload
    refunds: list[dict[str, Any]] = []
    where = f"{API}/orders/{order['id']}/refunds"
    while True:
        query = {"per_page": _MANY, "page": len(refunds) // _MANY + 1, "orderby": "id", "order": "asc"}
        found = await shop.ask(_ORDERS, "GET", where, **query)
        refunds += found
        if len(found) < _MANY:
            break
    lines = {refund.get("id"): refund.get("line_items") for refund in refunds}
    order["refunds"] = [{**short, "line_items": lines.get(short.get("id")) or []} for short in order["refunds"]]
    return json.dumps(order, ensure_ascii=False, default=float).encode()


def _written(moment: datetime) -> str:
    """As WooCommerce compares it: in UTC and without saying so, for it would be moved to the shop's own zone."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
