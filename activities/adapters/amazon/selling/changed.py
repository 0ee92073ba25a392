"""Orders that were changed, by either version of the Orders API."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel, to_pascal

from activities.adapters.amazon.selling.calling import Call, Selling
from activities.adapters.amazon.selling.orders import DATA, ROOT
from activities.adapters.amazon.selling.spans import Span, SpanPage, written
from activities.adapters.channel_payload import ChannelModel
from models.errors import Transient

if TYPE_CHECKING:
    from activities.adapters.amazon.selling.options import AmazonOptions

_READY = "UNSHIPPED,PARTIALLY_SHIPPED,SHIPPED,CANCELLED,UNFULFILLABLE"
_READY_V0 = "Unshipped,PartiallyShipped,Shipped,InvoiceUnconfirmed,Canceled,Unfulfillable"
"""Pending orders have no price yet: they are read when they change to another status."""
_PERSONAL = ("buyerInfo", "shippingAddress")
_V0_ROOT = "/orders/v0/orders"
_PAGES_MAX = 100

Rows = Annotated[list[dict[str, Any]], Field(max_length=1000)]


class _Pagination(ChannelModel):
    next_token: str | None = Field(default=None, alias="nextToken")


class _Search(ChannelModel):
    model_config = ConfigDict(alias_generator=to_camel)

    orders: Rows
    pagination: _Pagination = _Pagination()
    last_updated_before: datetime | None = None


class Changed2026:
    """Reads them by `searchOrders`, items and addresses included."""

    def __init__(self, selling: Selling, options: AmazonOptions) -> None:
        """Read this account's."""
        self.partner = selling.name
        self._selling = selling
        self._options = options

    async def page(self, span: Span, token: str | None) -> SpanPage:
        """Read a page of a span."""
        query = {
            "lastUpdatedAfter": written(span.since),
            "marketplaceIds": ",".join(self._options.marketplaces),
            "fulfillmentStatuses": _READY,
            "includedData": DATA,
            "maxResultsPerPage": str(self._options.page_size),
        }
        if span.until is not None:
            query["lastUpdatedBefore"] = written(span.until)
        if token is not None:
            query["paginationToken"] = token
        found = await self._selling.ask(_Search, Call("searchOrders", "GET", ROOT, query))
        return SpanPage(found.orders, found.last_updated_before, found.pagination.next_token)


class _V0Model(ChannelModel):
    model_config = ConfigDict(alias_generator=to_pascal)

    next_token: str | None = None


class _Orders(_V0Model):
    orders: Rows
    last_updated_before: datetime | None = None


class _Items(_V0Model):
    order_items: Rows


class _OrdersAnswer(ChannelModel):
    payload: _Orders


class _ItemsAnswer(ChannelModel):
    payload: _Items


class ChangedV0:
    """Reads them by `getOrders`, and each one's items by `getOrderItems`."""

    def __init__(self, selling: Selling, options: AmazonOptions) -> None:
        """Read this account's."""
        self.partner = selling.name
        self._selling = selling
        self._options = options

    async def page(self, span: Span, token: str | None) -> SpanPage:
        """Read a page of a span."""
        query = {
            "LastUpdatedAfter": written(span.since),
            "MarketplaceIds": ",".join(self._options.marketplaces),
            "OrderStatuses": _READY_V0,
            "MaxResultsPerPage": str(self._options.page_size),
        }
        if span.until is not None:
            query["LastUpdatedBefore"] = written(span.until)
        if token is not None:
            query["NextToken"] = token
        asked = Call("getOrders", "GET", _V0_ROOT, query, restricted=_PERSONAL if self._options.restricted_data else ())
        found = (await self._selling.ask(_OrdersAnswer, asked)).payload
        orders = [
            {"Order": order, "OrderItems": await self._items(str(order["AmazonOrderId"]))} for order in found.orders
        ]
        return SpanPage(orders, found.last_updated_before, found.next_token)

    async def _items(self, order_id: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        query: dict[str, str] = {}
        path = f"{_V0_ROOT}/{quote(order_id, safe='')}/orderItems"
        for _ in range(_PAGES_MAX):
            found = (await self._selling.ask(_ItemsAnswer, Call("getOrderItems", "GET", path, query))).payload
            items += found.order_items
            if found.next_token is None:
                return items
            query = {"NextToken": found.next_token}
        raise Transient(self._selling.name, f"comes to no end with the items of {order_id}")
