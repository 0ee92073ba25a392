"""An Adobe Commerce shop that remembers: orders, invoices, shipments, credit memos, history and source items.

It does what `Magento_Sales` does where our adapter depends on it: it cancels only what is neither invoiced nor shipped,
refunds no more than was paid and rounds every amount to two decimals, lets the newest comment set the order's status,
and takes the same thing twice. Every request and every answer is judged by the published specification, where that
is at hand.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.contracts.openapi import published
from tests.contracts.serving import Asked, Reply

TOKEN = "integration-token"
BASE = "/rest/default"
SPECIFICATION = "adobe-commerce-admin-2.4.9.yaml"
_PART = re.compile(r"searchCriteria\[filterGroups\]\[(\d+)\]\[filters\]\[0\]\[(\w+)\]")
_SORT = re.compile(r"searchCriteria\[sortOrders\]\[(\d+)\]\[field\]")
_COMPARE = {
    "eq": lambda a, b: a == b,
    "gt": lambda a, b: a > b,
    "gteq": lambda a, b: a >= b,
    "lteq": lambda a, b: a <= b,
}
CENT = Decimal("0.01")


class AdobeRefusal(Exception):
    """A business answer, in Adobe's shape."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class FakeAdobe:
    """The shop's memory, and its REST interface."""

    articles: list[str] = field(default_factory=lambda: ["MUG-BLUE", "MUG-RED", "TEA-GREEN"])
    orders: dict[int, dict[str, Any]] = field(default_factory=dict)
    shipments: dict[int, dict[str, Any]] = field(default_factory=dict)
    invoices: dict[int, dict[str, Any]] = field(default_factory=dict)
    memos: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    stock: dict[tuple[str, str], float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    """What was not as published."""
    throttled: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._published = published(SPECIFICATION, BASE)
        self._last = 0
        # Far enough back that no reading holds its orders back as still being written.
        self._now = datetime.now(UTC) - timedelta(days=1)

    def number(self) -> int:
        """The next id of anything."""
        self._last += 1
        return self._last

    def moment(self, *, on: bool = True) -> str:
        """The shop's clock, which goes on by a second each time it is looked at for a change."""
        self._now += timedelta(seconds=1 if on else 0)
        return self._now.strftime("%Y-%m-%d %H:%M:%S")

    def answer(self, asked: Asked) -> Reply:
        """Answer a request."""
        self.asked.append(asked)
        if self._published:
            self.faults += self._published.request(asked.method, asked.target, asked.body)
        if self.throttled:
            return Reply(429, b"", {"retry-after": self.throttled.pop()})
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            document = {
                "message": "The consumer isn't authorized to access %resources.",
                "parameters": {"resources": "x"},
            }
            return self._reply(asked, 401, {**document, "parameters": [{"resources": "Magento_Sales::sales"}]})
        try:
            return self._reply(asked, 200, self._dispatch(asked))
        except AdobeRefusal as refusal:
            return self._reply(asked, refusal.status, {"message": str(refusal)})

    def _reply(self, asked: Asked, status: int, document: object) -> Reply:
        body = json.dumps(document, default=float).encode()
        if self._published:
            self.faults += self._published.answer(asked.method, asked.target, status, body)
        return Reply(status, body)

    def _dispatch(self, asked: Asked) -> object:
        path, _, query = asked.target.partition("?")
        body = json.loads(asked.body) if asked.body else {}
        steps = [unquote(step) for step in path.removeprefix(f"{BASE}/V1/").split("/")]
        done = self._read(steps, query) if asked.method == "GET" else self._do(steps, body)
        if done is None:
            raise AdobeRefusal("Request does not match any route.", status=404)
        return done

    def _read(self, steps: list[str], query: str) -> object:
        match steps:
            case ["orders" | "shipments" | "invoices" | "creditmemos" as kind]:
                return self._search(kind, query)
            case ["creditmemo", number]:
                return self.memos[int(number)]
            case ["orders", number, "comments"]:
                return _page([one for one in self.comments.values() if one["parent_id"] == int(number)], {})
        return None

    def _do(self, steps: list[str], body: dict[str, Any]) -> object:
        match steps:
            case ["orders", number, "comments"]:
                return self._comment(int(number), body["statusHistory"])
            case ["orders", number, "cancel"]:
                return self.cancel(self._order(number))
            case ["order", number, "ship"]:
                return self._ship(self._order(number), body)
            case ["order", number, "refund"]:
                return self.give_back(self._order(number), body)
            case ["invoice", number, "refund"]:
                invoice = self.invoices[int(number)]
                return self.give_back(self._order(invoice["order_id"]), body, invoice)
        return self._set_stock(body["sourceItems"]) if steps == ["inventory", "source-items"] else None

    def _order(self, number: int | str) -> dict[str, Any]:
        if int(number) not in self.orders:
            raise AdobeRefusal(
                "The entity that was requested doesn't exist. Verify the entity and try again.", status=404
            )
        return self.orders[int(number)]

    def _search(self, kind: str, query: str) -> object:
        books = {
            "orders": self.orders,
            "shipments": self.shipments,
            "invoices": self.invoices,
            "creditmemos": self.memos,
        }
        named = dict(parse_qsl(query))
        filters: dict[str, dict[str, str]] = {}
        for name, value in named.items():
            if found := _PART.fullmatch(name):
                filters.setdefault(found[1], {})[found[2]] = value
        rows = [row for row in books[kind].values() if all(_holds(row, one) for one in filters.values())]
        sorts = [value for name, value in sorted(named.items()) if _SORT.fullmatch(name)]
        rows.sort(key=lambda row: [row[one] for one in sorts])
        return _page(rows, named)

    def _comment(self, number: int, history: dict[str, Any]) -> bool:
        order = self._order(number)
        # As Adobe does: whoever comments without a status takes the order's away.
        order["status"] = history.get("status")
        identity = self.number()
        self.comments[identity] = {
            **history,
            "entity_id": identity,
            "created_at": self.moment(),
            "entity_name": "order",
        }
        order["updated_at"] = self.moment(on=False)
        return True

    def cancel(self, order: dict[str, Any]) -> bool:
        """Cancel what is neither invoiced nor shipped; false where there is nothing of the kind."""
        left = {row["item_id"]: _left(row, "qty_invoiced", "qty_shipped") for row in order["items"]}
        if order["state"] in {"canceled", "closed", "complete", "holded"} or not any(left.values()):
            return False
        for row in order["items"]:
            row["qty_canceled"] += left[row["item_id"]]
        if not any(row["qty_shipped"] or row["qty_invoiced"] for row in order["items"]):
            order |= {"state": "canceled", "status": "canceled"}
        order["updated_at"] = self.moment()
        return True

    def _ship(self, order: dict[str, Any], body: dict[str, Any]) -> int:
        rows = {row["item_id"]: row for row in order["items"]}
        for item in body["items"]:
            row = rows.get(item["order_item_id"])
            if row is None or item["qty"] > _left(row, "qty_shipped", "qty_refunded"):
                raise AdobeRefusal("Shipment Document Validation Error(s):\nThe quantity to ship must not be greater.")
        for item in body["items"]:
            rows[item["order_item_id"]]["qty_shipped"] += item["qty"]
        number = self.number()
        tracks = [
            {"order_id": order["entity_id"], "parent_id": number, "weight": 0, "qty": 0, "description": "", **track}
            for track in body["tracks"]
        ]
        comment = {**body["comment"], "parent_id": number, "is_customer_notified": int(body["appendComment"])}
        self.shipments[number] = {
            "entity_id": number,
            "order_id": order["entity_id"],
            "items": body["items"],
            "tracks": tracks,
            "comments": [comment],
            "created_at": self.moment(),
        }
        order["updated_at"] = self.moment(on=False)
        return number

    def give_back(self, order: dict[str, Any], body: dict[str, Any], invoice: dict[str, Any] | None = None) -> int:
        """Write a credit memo: online from an invoice that was paid, else only a note."""
        rows = {row["item_id"]: row for row in order["items"]}
        # No rows mean all of them.
        items = body.get("items") or [{"order_item_id": name, "qty": row["qty_invoiced"]} for name, row in rows.items()]
        total = Decimal(0)
        for item in items:
            row = rows[item["order_item_id"]]
            if item["qty"] > row["qty_invoiced"] - row["qty_refunded"]:
                raise AdobeRefusal("Creditmemo Document Validation Error(s):\nThe quantity to refund is too large.")
            total += _cents(Decimal(str(row["row_total"])) * int(item["qty"]) / int(row["qty_ordered"]))
        arguments = body.get("arguments", {})
        total += Decimal(str(arguments.get("shipping_amount", 0)))
        total += _cents(arguments.get("adjustment_positive", 0)) - _cents(arguments.get("adjustment_negative", 0))
        paid, back = Decimal(str(order["total_paid"])), Decimal(str(order["total_refunded"]))
        if not 0 < total <= paid - back:
            raise AdobeRefusal(f"The most money available to refund is {paid - back}.")
        for item in items:
            rows[item["order_item_id"]]["qty_refunded"] += item["qty"]
        return self._memo(order, invoice, items, total, body)

    def _memo(
        self,
        order: dict[str, Any],
        invoice: dict[str, Any] | None,
        items: list[Any],
        total: Decimal,
        body: dict[str, Any],
    ) -> int:
        number = self.number()
        online = bool(invoice and body.get("isOnline"))
        order["total_refunded"] = float(Decimal(str(order["total_refunded"])) + total)
        if order["total_refunded"] == order["total_paid"]:
            order |= {"state": "closed", "status": "closed"}
        if invoice is not None:
            invoice["base_total_refunded"] = float(Decimal(str(invoice["base_total_refunded"])) + total)
        comment = body.get("comment")
        self.memos[number] = {
            "entity_id": number,
            "order_id": order["entity_id"],
            "grand_total": float(total),
            "order_currency_code": order["order_currency_code"],
            "items": [{"base_cost": 0, "base_price": 0, "entity_id": self.number(), **item} for item in items],
            "comments": [{**comment, "parent_id": number, "is_customer_notified": 0}] if comment else [],
            **({"invoice_id": invoice["entity_id"]} if invoice else {}),
            **({"transaction_id": f"refund-{number}"} if online else {}),
        }
        order["updated_at"] = self.moment()
        return number

    def _set_stock(self, items: list[dict[str, Any]]) -> list[Any]:
        unknown = [item["sku"] for item in items if item["sku"] not in self.articles]
        if unknown:
            raise AdobeRefusal(f'The product that was requested doesn\'t exist: "{unknown[0]}".')
        self.stock |= {(item["source_code"], item["sku"]): item["quantity"] for item in items}
        return []


def _holds(row: dict[str, Any], one: dict[str, str]) -> bool:
    value = row.get(one["field"])
    return value is not None and _COMPARE[one["conditionType"]](value, type(value)(one["value"]))


def _page(rows: list[dict[str, Any]], named: dict[str, str]) -> dict[str, Any]:
    size = int(named.get("searchCriteria[pageSize]", len(rows) or 1))
    page = int(named.get("searchCriteria[currentPage]", 1))
    shown = rows[(page - 1) * size : page * size]
    return {"items": shown, "search_criteria": {"filter_groups": []}, "total_count": len(rows)}


def _left(row: dict[str, Any], *gone: str) -> int:
    return int(row["qty_ordered"] - row["qty_canceled"] - max(row[name] for name in gone))


def _cents(value: object) -> Decimal:
    return Decimal(str(value)).quantize(CENT, rounding=ROUND_HALF_UP)
