"""Shopify's orders that are new or were changed: first which, then all of each."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import Field

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.shopify.admin.documents import CHANGED
from activities.adapters.shopify.admin.lines import Nodes
from activities.adapters.shopify.admin.numbers import gid, number
from activities.adapters.shopify.admin.reading.as_webhook import as_webhook
from activities.adapters.shopify.admin.reading.order_query import ORDER
from activities.adapters.storefront.keyset import Entry, Listed, Place, next_page
from models.partners.feeds import OrdersPage

if TYPE_CHECKING:
    from activities.adapters.shopify.admin.graphql import ShopifyGraphql
    from activities.adapters.shopify.admin.options import ShopifyOptions


class _Changed(ChannelModel):
    id: str
    updated_at: datetime = Field(alias="updatedAt")


class _Orders(ChannelModel):
    orders: Nodes[_Changed]


class _Order(ChannelModel):
    order: dict[str, Any] | None = None


async def read_orders(shop: ShopifyGraphql, options: ShopifyOptions, cursor: str | None, now: datetime) -> OrdersPage:
    """Read the next page; an order that was deleted meanwhile is left out.

    Raises:
        PartnerError: nothing was read; reading again from the same cursor is safe.
    """
    place = None if cursor is None else Place.read(cursor)
    page = await next_page(_Listing(shop, options, now), place, options.orders_since)
    orders = [await _all_of(shop, entry.place.number) for entry in page.entries]
    return OrdersPage(
        payloads=tuple(json.dumps(each, ensure_ascii=False, default=float).encode() for each in orders if each),
        cursor=None if page.place is None else str(page.place),
        more=page.more,
    )


class _Listing:
    """The orders by when they were changed, by Shopify's search."""

    def __init__(self, shop: ShopifyGraphql, options: ShopifyOptions, now: datetime) -> None:
        self._shop = shop
        self._size = options.page_size
        settled = now - timedelta(seconds=options.settle_s)
        self._until = f" AND updated_at:<='{_written(settled)}'" if options.settle_s else ""

    async def since(self, moment: datetime | None) -> Listed:
        """Orders changed at this second or later."""
        begin = "updated_at:>='2000-01-01T00:00:00Z'" if moment is None else f"updated_at:>='{_written(moment)}'"
        return await self._listed(begin + self._until, "UPDATED_AT")

    async def within(self, moment: datetime, above: int) -> Listed:
        """Orders changed in this second whose id is greater."""
        at = _written(moment)
        return await self._listed(f"updated_at:>='{at}' AND updated_at:<='{at}' AND id:>{above}", "ID")

    async def _listed(self, query: str, sort: str) -> Listed:
        found = (await self._shop.ask(CHANGED, _Orders, query=query, first=self._size, sort=sort)).orders
        entries = [Entry(Place(each.updated_at.astimezone(UTC), int(number(each.id)))) for each in found.nodes]
        return Listed(entries, full=found.page.more)


async def _all_of(shop: ShopifyGraphql, order: int) -> dict[str, Any] | None:
    id_ = gid(shop.name, "Order", str(order))
    found = (await shop.ask(ORDER, _Order, id=id_, after=None)).order
    if found is None:
        return None
    try:
        lines = found["lineItems"]
        while lines["pageInfo"]["hasNextPage"]:
            rest = (await shop.ask(ORDER, _Order, id=id_, after=lines["pageInfo"]["endCursor"])).order
            if rest is None:
                return None
            lines = rest["lineItems"]
            found["lineItems"]["nodes"] += lines["nodes"]
        return as_webhook(found)
    except (KeyError, TypeError, AttributeError) as error:
        raise shop.nonsense(f"an order without {error}") from error


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
