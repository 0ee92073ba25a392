"""What a WooCommerce shop remembers, as its REST API v3 shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

BEGIN = datetime(2025, 1, 1, 12, tzinfo=UTC)


@dataclass
class Line:
    id: int
    sku: str
    quantity: int
    price: Decimal

    def shown(self):
        total = str(self.price * self.quantity)
        money = {"subtotal": total, "subtotal_tax": "0", "total": total, "total_tax": "0", "taxes": []}
        known = {"id": self.id, "name": self.sku, "product_id": self.id + 1, "variation_id": 0, "sku": self.sku}
        return {**known, "quantity": self.quantity, **money, "meta_data": []}


@dataclass
class Refund:
    id: int
    amount: Decimal
    reason: str
    moved: bool
    lines: dict[int, int]

    def shown(self, decimals: int):
        return {
            "id": self.id,
            "amount": f"{self.amount:.{decimals}f}",
            "reason": self.reason,
            "refunded_payment": self.moved,
            "line_items": [
                {
                    "id": 9000 + line,
                    "quantity": -quantity,
                    "meta_data": [{"key": "_refunded_item_id", "value": str(line)}],
                }
                for line, quantity in self.lines.items()
            ],
        }


@dataclass
class Order:
    id: int
    currency: str
    lines: list[Line]
    buyer: str
    created: str
    modified: str
    status: str = "processing"
    customer_note: str = ""
    meta: dict[str, tuple[int, str]] = field(default_factory=dict)
    notes: list[dict[str, object]] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    trackings: list[dict[str, str]] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((line.price * line.quantity for line in self.lines), Decimal())

    @property
    def refunded(self) -> Decimal:
        return sum((refund.amount for refund in self.refunds), Decimal())

    def shown(self):
        first, _, last = self.buyer.partition(" ")
        place = {"first_name": first, "last_name": last, "company": "", "address_1": "1 Mill Lane", "address_2": ""}
        place |= {"city": "York", "state": "", "postcode": "YO1 7EP", "country": "GB", "phone": ""}
        return {
            "id": self.id,
            "number": str(self.id),
            "status": self.status,
            "currency": self.currency,
            "prices_include_tax": False,
            "date_created_gmt": self.created,
            "date_modified_gmt": self.modified,
            "date_paid_gmt": self.created,
            "total": str(self.total),
            "customer_id": 0,
            "customer_note": self.customer_note,
            "billing": {**place, "email": "ada@example.com"},
            "shipping": place,
            "payment_method": "stripe",
            "payment_method_title": "Credit card",
            "transaction_id": f"ch_{self.id}",
            "line_items": [line.shown() for line in self.lines],
            "tax_lines": [],
            "shipping_lines": [],
            "fee_lines": [],
            "coupon_lines": [],
            "refunds": [{"id": each.id, "reason": each.reason, "total": f"-{each.amount}"} for each in self.refunds],
            "meta_data": [{"id": id_, "key": key, "value": value} for key, (id_, value) in self.meta.items()],
        }


@dataclass
class Article:
    id: int
    sku: str
    parent: int = 0
    stock: int | None = None
    managed: bool = False
    meta: dict[str, str] = field(default_factory=dict)

    def shown(self):
        known = {"id": self.id, "sku": self.sku, "type": "variation" if self.parent else "simple"}
        notes = [{"id": 1, "key": key, "value": value} for key, value in self.meta.items()]
        stock = {"manage_stock": self.managed, "stock_quantity": self.stock}
        return {**known, **stock, "parent_id": self.parent, "meta_data": notes}


class Memory:
    """Everything a shop remembers."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.ids = count(101, 10)
        self.orders: dict[int, Order] = {}
        self.articles: dict[int, Article] = {}

    def tick(self) -> str:
        """Let a second pass; answers what time it is then."""
        self.now += timedelta(seconds=1)
        return self.now.strftime("%Y-%m-%dT%H:%M:%S")
