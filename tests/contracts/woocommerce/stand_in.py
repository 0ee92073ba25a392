"""A WooCommerce shop that is not there: its REST API v3 over a memory of its own, written from its documentation.

What is played: errors and their codes, lists page by page, both ends of a span of time excluded, entries of
`meta_data` written over by their name, refunds that may not exceed what is left. The order of equal results is left
open by the documentation, and is played as unkindly as can be.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from activities.adapters.woocommerce.orders import WooCommerceOrders
from models.money import Money, exponent
from tests.contracts.channels.books import BookedParcel, BookedRefund, Placed, Wanted
from tests.contracts.serving import Asked, Reply, serving
from tests.contracts.woocommerce.state import Article, Line, Memory, Order, Refund

KEY = "ck_0123:cs_4567"
_WAIT_S = 11
_ENTRY = "_orderloom_parcel_"


class Wrong(Exception):
    """An error as WooCommerce answers it."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.reply = Reply(status, json.dumps({"code": code, "message": message, "data": {"status": status}}).encode())


class WooCommerceShop:
    """The books of the contract, and the address that the adapter goes to."""

    channel = "hats"
    articles = ("MUG-BLUE", "MUG-RED", "LAMP")

    def __init__(self) -> None:
        self.url = ""
        self.memory = Memory()
        self.throttled = False
        self.gateway_fails = False
        self.manages_stock = True
        self.routes = [
            (re.compile(r"/wc/v3/orders"), {"GET": self._orders}),
            (re.compile(r"/wc/v3/orders/(\d+)"), {"GET": self._order, "PUT": self._change}),
            (re.compile(r"/wc/v3/orders/(\d+)/notes"), {"GET": self._notes, "POST": self._note}),
            (re.compile(r"/wc/v3/orders/(\d+)/refunds"), {"GET": self._refunds, "POST": self._refund}),
            (re.compile(r"/wc/v3/products"), {"GET": self._products}),
            (re.compile(r"/wc/v3/products/batch"), {"POST": self._products_batch}),
            (re.compile(r"/wc/v3/products/(\d+)/variations/batch"), {"POST": self._variations_batch}),
            (
                re.compile(r"/wc-shipment-tracking/v3/orders/(\d+)/shipment-trackings"),
                {"GET": self._trackings, "POST": self._track},
            ),
        ]
        for sku in self.articles:
            self._list(sku)

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Basic {base64.b64encode(KEY.encode()).decode()}":
            return Wrong(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.").reply
        if self.throttled:
            self.throttled = False
            return Reply(429, b"<html>Too many requests</html>", {"Retry-After": str(_WAIT_S)})
        split = urlsplit(asked.target)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        for pattern, verbs in self.routes:
            found = pattern.fullmatch(split.path)
            if found and asked.method in verbs:
                body = json.loads(asked.body) if asked.body else query
                try:
                    status, said = verbs[asked.method](*map(int, found.groups()), body)
                except Wrong as wrong:
                    return wrong.reply
                return Reply(status, json.dumps(said).encode())
        return Wrong(404, "rest_no_route", "No route was found matching the URL and request method.").reply

    # --- orders ---

    def _orders(self, query):
        found = [order for order in self.memory.orders.values() if _meets(order, query)]
        if query.get("orderby") == "modified":
            found.sort(key=lambda order: (order.modified, -order.id))
        else:
            found.sort(key=lambda order: order.id)
        shown = [order.shown() for order in _paged(found, query)]
        fields = query.get("_fields", "").split(",")
        return 200, [{name: each[name] for name in fields} for each in shown] if fields != [""] else shown

    def _order(self, number, _query):
        return 200, self._known(number).shown()

    def _change(self, number, body):
        order = self._known(number)
        for entry in body.get("meta_data", []):
            id_, _ = order.meta.get(entry["key"], (next(self.memory.ids), ""))
            order.meta[entry["key"]] = (id_, str(entry["value"]))
        order.status = body.get("status", order.status)
        order.modified = self.memory.tick()
        return 200, order.shown()

    def _notes(self, number, query):
        notes = self._known(number).notes
        return 200, [note for note in notes if query.get("type") != "customer" or note["customer_note"]]

    def _note(self, number, body):
        order = self._known(number)
        order.notes.append(
            {
                "id": next(self.memory.ids),
                "note": body["note"].replace("&", "&amp;"),
                "customer_note": body["customer_note"],
            }
        )
        return 201, order.notes[-1]

    def _refunds(self, number, query):
        # Lists are given with the shop's own decimals, two of them, unless more are asked for.
        decimals = int(query.get("dp", 2))
        return 200, [refund.shown(decimals) for refund in _paged(self._known(number).refunds, query)]

    def _refund(self, number, body):
        order, amount = self._known(number), Decimal(body["amount"])
        if amount < 0 or amount > order.total - order.refunded:
            raise Wrong(500, "woocommerce_rest_cannot_create_order_refund", "Invalid refund amount.")
        if body["api_refund"] and self.gateway_fails:
            raise Wrong(500, "woocommerce_rest_cannot_create_order_refund", "An error occurred")
        lines = {line["id"]: line["quantity"] for line in body.get("line_items", [])}
        if lines.keys() - {line.id for line in order.lines}:
            raise Wrong(400, "rest_invalid_param", "Line item ID in request is not part of order.")
        refund = Refund(next(self.memory.ids), amount, body["reason"], body["api_refund"], lines)
        order.refunds.append(refund)
        order.modified = self.memory.tick()
        if order.refunded == order.total:
            order.status = "refunded"
        return 201, refund.shown(2)

    def _trackings(self, number, _query):
        return 200, self._known(number).trackings

    def _track(self, number, body):
        if not body["custom_tracking_link"]:
            raise Wrong(400, "rest_missing_callback_param")
        self._known(number).trackings.append({"tracking_id": "t", **body})
        return 201, self._known(number).trackings[-1]

    def _known(self, number) -> Order:
        if number not in self.memory.orders:
            raise Wrong(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        return self.memory.orders[number]

    # --- articles ---

    def _products(self, query):
        wanted = {*query["sku"].split(","), query["sku"]}
        return 200, _shown(_paged([one for one in self.memory.articles.values() if one.sku in wanted], query))

    def _products_batch(self, body):
        return 200, {"update": [self._update(each, 0) for each in body["update"]]}

    def _variations_batch(self, parent, body):
        return 200, {"update": [self._update(each, parent) for each in body["update"]]}

    def _update(self, wanted, parent):
        article = self.memory.articles.get(wanted["id"])
        if article is None or article.parent != parent:
            return {
                "id": wanted["id"],
                "error": {"code": "woocommerce_rest_product_invalid_id", "message": "Invalid ID."},
            }
        assert wanted["manage_stock"]
        if self.manages_stock:
            article.stock, article.managed = wanted["stock_quantity"], True
        article.meta |= {each["key"]: each["value"] for each in wanted["meta_data"]}
        return article.shown()

    # --- the books ---

    async def place(self, *wanted: Wanted, currency: str = "EUR", buyer: str = "Ada Byron") -> Placed:
        memory, number = self.memory, next(self.memory.ids)
        scale = -exponent(currency)
        lines = [Line(next(memory.ids), each.sku, each.quantity, Decimal(each.price).scaleb(scale)) for each in wanted]
        at = memory.tick()
        memory.orders[number] = Order(number, currency, lines, buyer, at, at)
        return Placed(str(number), tuple(str(line.id) for line in lines), wanted, currency)

    async def together(self, count: int) -> list[Placed]:
        placed = [await self.place(Wanted(self.articles[0])) for _ in range(count)]
        at = self.memory.tick()
        for each in placed:
            self.order(each).modified = at
        return placed

    async def touch(self, placed: Placed) -> None:
        order = self.order(placed)
        order.customer_note, order.modified = "ring twice", self.memory.tick()

    async def cancel(self, placed: Placed, *quantities: int) -> None:
        order = self.order(placed)
        order.modified = self.memory.tick()
        if not quantities:
            order.status = "cancelled"
            return
        lines = {line.id: quantity for line, quantity in zip(order.lines, quantities, strict=True) if quantity}
        order.refunds.append(Refund(next(self.memory.ids), Decimal(0), "sold out", moved=False, lines=lines))

    async def give_back(self, placed: Placed, amount: int) -> None:
        order = self.order(placed)
        back = Money(amount=amount, currency=placed.currency).major
        order.refunds.append(Refund(next(self.memory.ids), back, "sorry", moved=True, lines={}))
        order.modified = self.memory.tick()

    async def parcels(self, placed: Placed) -> list[BookedParcel]:
        kept = [json.loads(value) for key, (_, value) in self.order(placed).meta.items() if key.startswith(_ENTRY)]
        return [BookedParcel(each["carrier"], each["tracking_number"], each["lines"]) for each in kept]

    async def cancelled(self, placed: Placed) -> dict[str, int]:
        order = self.order(placed)
        if order.status == "cancelled":
            return {str(line.id): line.quantity for line in order.lines}
        counted: dict[str, int] = {}
        for refund in order.refunds:
            for line, quantity in refund.lines.items():
                counted[str(line)] = counted.get(str(line), 0) + quantity
        return counted

    async def refunds(self, placed: Placed) -> list[BookedRefund]:
        return [
            BookedRefund(Money.of_major(refund.amount, placed.currency), refund.moved)
            for refund in self.order(placed).refunds
            if refund.amount
        ]

    async def stock(self) -> dict[str, int]:
        return {article.sku: article.stock or 0 for article in self.memory.articles.values()}

    async def listed(self, sku: str) -> str:
        return self._list(sku)

    async def throttle(self) -> float:
        self.throttled = True
        return float(_WAIT_S)

    def read(self, payload: bytes):
        (reading,) = WooCommerceOrders(channel=self.channel).read(payload)
        assert reading.error is None, reading.error
        return reading.document

    def order(self, placed: Placed) -> Order:
        return self.memory.orders[int(placed.external_id)]

    def _list(self, sku: str) -> str:
        number = next(self.memory.ids)
        # Every other article is a variation of a product.
        parent = 77 if len(self.memory.articles) % 2 else 0
        self.memory.articles[number] = Article(number, sku, parent)
        return sku


def _meets(order: Order, query) -> bool:
    if "status" in query and order.status not in query["status"].split(","):
        return False
    if "include" in query and str(order.id) not in query["include"].split(","):
        return False
    if ("modified_after" in query or "modified_before" in query) and query.get("dates_are_gmt") != "true":
        raise Wrong(400, "rest_invalid_param", "times are in the site's own zone")
    after, before = query.get("modified_after", ""), query.get("modified_before", "9999")
    return after < order.modified < before


def _paged(items, query):
    size, page = int(query.get("per_page", 10)), int(query.get("page", 1))
    if not 1 <= size <= 100:
        raise Wrong(400, "rest_invalid_param", "per_page must be between 1 (inclusive) and 100 (inclusive)")
    return items[size * (page - 1) : size * page]


def _shown(items):
    return [each.shown() for each in items]


@asynccontextmanager
async def woocommerce_shop() -> AsyncIterator[WooCommerceShop]:
    """Open a shop with nothing in it but its articles."""
    shop = WooCommerceShop()
    async with serving(shop.answer) as url:
        shop.url = url
        yield shop
