"""Amazon's Selling Partner API, as far as our adapter uses it, with a memory.

It takes what the published models describe and answers as they say, both judged by them where they are at hand; what
they do not describe (log-in, the addresses documents are put at) is judged here. Orders change hands by its own clock,
packages of the same number replace each other, an item is cancelled whole, and the same feed sent twice acts twice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote

from tests.contracts.fake_amazon_feeds import FeedDesk
from tests.contracts.openapi import Published, published
from tests.contracts.serving import Asked, Reply

CLIENT, SECRET, REFRESH, SELLER = "app-1", "app-secret", "Atzr|refresh", "A2SELLER"
SPECIFICATIONS_USED = {
    "/orders/v0/": "amazon-ordersV0.json",
    "/orders/2026-01-01/": "amazon-orders_2026-01-01.json",
    "/feeds/": "amazon-feeds_2021-06-30.json",
    "/listings/": "amazon-listingsItems_2021-08-01.json",
}


class AmazonRefusal(Exception):
    """A business answer, in Amazon's shape."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass
class FakeAmazon:
    """One account's memory, and its interface."""

    articles: list[str] = field(default_factory=lambda: ["MUG-BLUE", "MUG-RED", "TEA-GREEN"])
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By id, as the API 2026-01-01 shows them."""
    ordered: dict[str, int] = field(default_factory=dict)
    """How many of an item were ordered, by its id, whatever became of it."""
    stock: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    """What was not as published."""
    throttled: list[str] = field(default_factory=list)
    """Rates at which the next requests are refused."""
    asked: list[Asked] = field(default_factory=list)
    token_life_s: int = 3600
    tokens: int = 0
    """How many were given out."""
    revoked: int = 0
    """How many of these, the oldest, are taken no longer."""
    origin: str = ""

    def __post_init__(self) -> None:
        self._published = {path: published(name) for path, name in SPECIFICATIONS_USED.items()}
        self._now = datetime.now(UTC) - timedelta(days=1)
        self.feeds = FeedDesk(self)

    def moment(self) -> str:
        """Amazon's clock, which goes on by a second each time it is looked at."""
        self._now += timedelta(seconds=1)
        return self._now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def answer(self, asked: Asked) -> Reply:
        """Answer a request."""
        self.asked.append(asked)
        path = asked.target.partition("?")[0]
        if path == "/auth/o2/token":
            return self._log_in(asked)
        if path.startswith("/files/"):
            return self._file(asked, path)
        judge = next((judge for prefix, judge in self._published.items() if path.startswith(prefix)), None)
        self.faults += judge.request(asked.method, asked.target, asked.body) if judge else []
        reply = self._answer(asked)
        # A number of statuses come from whatever stands before Amazon's own code, without a document.
        if judge and reply.body:
            self.faults += judge.answer(asked.method, asked.target, reply.status, reply.body)
        return reply

    def _answer(self, asked: Asked) -> Reply:
        if self.throttled:
            return _errors(429, "QuotaExceeded", "You exceeded your quota.", self.throttled.pop())
        shown = asked.headers.get("x-amz-access-token", "").removeprefix("Atza|").removeprefix("Atz.sprdt|")
        if not (shown.isdecimal() and self.revoked < int(shown) <= self.tokens):
            return _errors(403, "Unauthorized", "Access to requested resource is denied.")
        try:
            status, document = self._dispatch(asked)
        except AmazonRefusal as refusal:
            return _errors(refusal.status, refusal.code, str(refusal))
        return Reply(status, b"" if document is None else json.dumps(document).encode())

    def _dispatch(self, asked: Asked) -> tuple[int, object]:
        path, _, query = asked.target.partition("?")
        named = dict(parse_qsl(query))
        body = json.loads(asked.body) if asked.body else {}
        steps = [unquote(step) for step in path.strip("/").split("/")]
        match steps:
            case ["orders", *rest]:
                return self._orders(asked, rest, named, body)
            case ["listings", "2021-08-01", "items", _, sku]:
                return 200, self._patch(sku, body["patches"])
            case ["feeds", "2021-06-30", *rest]:
                return self.feeds.dispatch(asked.method, rest, parse_qs(query), body)
            case ["tokens", "2021-03-01", "restrictedDataToken"]:
                return 200, self._restricted_token(body)
        raise AmazonRefusal("NotFound", f"no such resource: {path}", 404)

    def _orders(self, asked: Asked, steps: list[str], named: dict[str, str], body: Any) -> tuple[int, object]:
        match steps:
            case ["2026-01-01", "orders"]:
                return 200, self._search(named)
            case ["2026-01-01", "orders", number]:
                return 200, {"order": self.order(number)}
            case ["v0", "orders", number, "shipmentConfirmation"]:
                return self._confirm(self.order(number), body["packageDetail"])
        personal = asked.headers["x-amz-access-token"].startswith("Atz.sprdt|")
        return 200, {"payload": self._v0(steps[2:], named, personal=personal)}

    def _restricted_token(self, body: dict[str, Any]) -> object:
        # The model is not among the specifications at hand: this is what it says.
        wanted = {"method": "GET", "path": "/orders/v0/orders", "dataElements": ["buyerInfo", "shippingAddress"]}
        if body != {"restrictedResources": [wanted]}:
            self.faults.append(f"a restricted data token is not asked for like this: {body}")
        return {"restrictedDataToken": f"Atz.sprdt|{self.tokens}", "expiresIn": 3600}

    def _log_in(self, asked: Asked) -> Reply:
        form = dict(parse_qsl(asked.body.decode()))
        wanted = {
            "grant_type": "refresh_token",
            "refresh_token": REFRESH,
            "client_id": CLIENT,
            "client_secret": SECRET,
        }
        if asked.method != "POST" or form != wanted:
            document = {"error": "invalid_grant", "error_description": "The request has an invalid grant parameter"}
            return Reply(400, json.dumps(document).encode())
        self.tokens += 1
        document = {"access_token": f"Atza|{self.tokens}", "token_type": "bearer", "expires_in": self.token_life_s}
        return Reply(200, json.dumps(document).encode())

    def _file(self, asked: Asked, path: str) -> Reply:
        if "x-amz-access-token" in asked.headers:
            self.faults.append("a token was shown where documents are put")
        return self.feeds.file(asked.method, path.removeprefix("/files/"), asked)

    def order(self, number: str) -> dict[str, Any]:
        """One order."""
        if number not in self.orders:
            raise AmazonRefusal("NotFound", "The resource that you requested does not exist.", 404)
        return self.orders[number]

    def _span(self, after: str, before: str | None, token: str | None, size: int) -> tuple[list[Any], str, str | None]:
        """Orders of a span, from where a token left off; when it ends, and how to go on."""
        until, last = token.split("|", 1) if token else (before or self.moment(), "")
        span = [one for one in self.orders.values() if after <= one["lastUpdatedTime"] <= until]
        span.sort(key=_place)
        rest = [one for one in span if _place(one) > last]
        more = f"{until}|{_place(rest[size - 1])}" if len(rest) > size else None
        return rest[:size], until, more

    def _search(self, named: dict[str, str]) -> object:
        size = int(named.get("maxResultsPerPage", 100))
        found = self._span(
            named["lastUpdatedAfter"], named.get("lastUpdatedBefore"), named.get("paginationToken"), size
        )
        wanted = named["fulfillmentStatuses"].split(",")
        orders = [one for one in found[0] if one["fulfillment"]["fulfillmentStatus"] in wanted]
        return {
            "orders": orders,
            "lastUpdatedBefore": found[1],
            **({"pagination": {"nextToken": found[2]}} if found[2] else {}),
        }

    def _v0(self, steps: list[str], named: dict[str, str], *, personal: bool) -> object:
        if len(steps) == 2 and steps[1] == "orderItems":
            return self._v0_items(self.order(steps[0]), named.get("NextToken"))
        size = int(named.get("MaxResultsPerPage", 100))
        orders, until, more = self._span(
            named["LastUpdatedAfter"], named.get("LastUpdatedBefore"), named.get("NextToken"), size
        )
        return {
            "Orders": [_v0_order(one, personal=personal) for one in orders],
            "LastUpdatedBefore": until,
            **({"NextToken": more} if more else {}),
        }

    def _v0_items(self, order: dict[str, Any], token: str | None) -> object:
        # One item a page, so that pages are read.
        at = int(token or 0)
        rows = [_v0_item(item) for item in order["orderItems"]]
        more = {"NextToken": str(at + 1)} if at + 1 < len(rows) else {}
        return {"AmazonOrderId": order["orderId"], "OrderItems": rows[at : at + 1], **more}

    def _confirm(self, order: dict[str, Any], package: dict[str, Any]) -> tuple[int, object]:
        others = [one for one in order["packages"] if one["packageReferenceId"] != package["packageReferenceId"]]
        items = {item["orderItemId"]: item for item in order["orderItems"]}
        gone = dict.fromkeys(items, 0)
        for one in others:
            for row in one["packageItems"]:
                gone[row["orderItemId"]] += row["quantity"]
        for row in package["orderItems"]:
            if gone.get(row["orderItemId"], 10**9) + row["quantity"] > items.get(row["orderItemId"], {}).get(
                "quantityOrdered", 0
            ):
                raise AmazonRefusal("InvalidInput", "The quantity is more than was ordered and not yet shipped.")
            gone[row["orderItemId"]] += row["quantity"]
        if not package["packageReferenceId"].isdecimal() or int(package["packageReferenceId"]) < 1:
            raise AmazonRefusal("InvalidInput", "PackageReferenceId must be a positive number.")
        shown = {
            "packageReferenceId": package["packageReferenceId"],
            "carrier": package["carrierName"] if package["carrierCode"] == "Other" else package["carrierCode"],
            "trackingNumber": package["trackingNumber"],
            "shipTime": package["shipDate"],
            "packageItems": package["orderItems"],
        }
        order["packages"] = [*others, shown]
        for name, item in items.items():
            left = item["quantityOrdered"] - gone[name]
            item["fulfillment"] = {"quantityFulfilled": gone[name], "quantityUnfulfilled": left}
        whole = not any(item["fulfillment"]["quantityUnfulfilled"] for item in items.values())
        order["fulfillment"]["fulfillmentStatus"] = "SHIPPED" if whole else "PARTIALLY_SHIPPED"
        order["lastUpdatedTime"] = self.moment()
        return 204, None

    def _patch(self, sku: str, patches: list[dict[str, Any]]) -> object:
        if sku not in self.articles:
            issue = {"code": "8541", "message": "There is no such listing.", "severity": "ERROR", "categories": []}
            return {"sku": sku, "status": "INVALID", "submissionId": "s-0", "issues": [issue]}
        self.set_stock(sku, patches)
        return {"sku": sku, "status": "ACCEPTED", "submissionId": f"s-{len(self.asked)}", "issues": []}

    def set_stock(self, sku: str, patches: list[dict[str, Any]]) -> None:
        """Offer so many."""
        [patch] = patches
        [level] = patch["value"]
        assert (patch["op"], patch["path"]) == ("merge", "/attributes/fulfillment_availability")
        assert level["fulfillment_channel_code"] == "DEFAULT"
        self.stock[sku] = level["quantity"]


def judges() -> dict[str, Published | None]:
    """Every description that is used, None where it is not at hand."""
    return {name: published(name) for name in SPECIFICATIONS_USED.values()}


def _errors(status: int, code: str, message: str, rate: str = "") -> Reply:
    document = {"errors": [{"code": code, "message": message, "details": ""}]}
    return Reply(status, json.dumps(document).encode(), {"x-amzn-ratelimit-limit": rate} if rate else {})


def _place(order: dict[str, Any]) -> str:
    return f"{order['lastUpdatedTime']}|{order['orderId']}"


def _money(amount: dict[str, str]) -> dict[str, str]:
    return {"CurrencyCode": amount["currencyCode"], "Amount": amount["amount"]}


def _v0_order(order: dict[str, Any], *, personal: bool) -> dict[str, Any]:
    address = order["recipient"]["deliveryAddress"]
    return {
        "AmazonOrderId": order["orderId"],
        "PurchaseDate": order["createdTime"],
        "LastUpdateDate": order["lastUpdatedTime"],
        "OrderStatus": {"CANCELLED": "Canceled", "SHIPPED": "Shipped"}.get(
            order["fulfillment"]["fulfillmentStatus"], "Unshipped"
        ),
        "FulfillmentChannel": "MFN",
        "MarketplaceId": order["salesChannel"]["marketplaceId"],
        "OrderTotal": _money(order["proceeds"]["grandTotal"]),
        "ShippingAddress": {
            **({"Name": address["name"], "AddressLine1": address["addressLine1"]} if personal else {}),
            "City": address["city"],
            "PostalCode": address["postalCode"],
            "CountryCode": "DE",
        },
    }


def _v0_item(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "ASIN": item["product"]["asin"],
        "SellerSKU": item["product"]["sellerSku"],
        "OrderItemId": item["orderItemId"],
        "Title": item["product"]["title"],
        "QuantityOrdered": item["quantityOrdered"],
        "QuantityShipped": item["fulfillment"]["quantityFulfilled"],
        "ItemPrice": _money(item["proceeds"]["proceedsTotal"]),
    }
