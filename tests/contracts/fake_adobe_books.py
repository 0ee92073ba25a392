"""The Adobe stand-in, bought at and looked into past the adapter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from activities.adapters.magento.orders import MagentoOrders
from models.money import Money
from models.order.document import OrderDocument
from tests.contracts.channels.books import BookedParcel, BookedRefund, Placed, Wanted
from tests.contracts.fake_adobe import BASE, FakeAdobe

_NOTED = re.compile(r"(\d+) x (\S+?)[,.](?= |$)")


@dataclass
class AdobeBooks:
    """Answers `tests.contracts.channels.books.ChannelBooks`."""

    shop: FakeAdobe
    origin: str
    channel: str = "magento"

    @property
    def url(self) -> str:
        return f"{self.origin}{BASE}"

    @property
    def articles(self) -> tuple[str, ...]:
        return tuple(self.shop.articles)

    async def place(
        self, *wanted: Wanted, currency: str = "EUR", buyer: str = "Ada Byron", invoiced: bool = True
    ) -> Placed:
        number, first = self.shop.number(), f"{100_000_000 + len(self.shop.orders) + 1}"
        items = [
            _row(self.shop.number(), line, Money(amount=line.price, currency=currency), invoiced=invoiced)
            for line in wanted
        ]
        placed = Placed(first, tuple(str(item["item_id"]) for item in items), wanted, currency)
        total = float(placed.total.major)
        self.shop.orders[number] = _order(number, placed, items, buyer, self.shop.moment()) | {
            "total_paid": total if invoiced else 0,
            "total_due": 0 if invoiced else total,
        }
        if invoiced:
            self._invoice(number, items, total)
        return placed

    def _invoice(self, order: int, items: list[dict[str, Any]], total: float) -> None:
        number = self.shop.number()
        self.shop.invoices[number] = {
            "entity_id": number,
            "order_id": order,
            "state": 2,
            "transaction_id": f"capture-{number}",
            "grand_total": total,
            "base_grand_total": total,
            "base_total_refunded": 0,
            "total_qty": sum(item["qty_ordered"] for item in items),
            "items": [{"sku": one["sku"], "order_item_id": one["item_id"], "qty": one["qty_ordered"]} for one in items],
        }

    async def together(self, count: int) -> list[Placed]:
        placed = [await self.place(Wanted(self.articles[0])) for _ in range(count)]
        moment = self.shop.moment()
        for each in placed:
            self.order(each)["updated_at"] = moment
        return placed

    async def touch(self, placed: Placed) -> None:
        self.order(placed)["updated_at"] = self.shop.moment()

    async def cancel(self, placed: Placed, *quantities: int) -> None:
        order = self.order(placed)
        if quantities:
            # A clerk takes single pieces of a paid order away by giving their price back.
            items = [{"order_item_id": int(i), "qty": q} for i, q in zip(placed.lines, quantities, strict=False) if q]
            self.shop.give_back(order, {"items": items, "arguments": {"shipping_amount": 0}})
            return
        # The invoice is voided before the provider has settled it, and the order cancelled.
        for row in order["items"]:
            row["qty_invoiced"] = 0
        order |= {"total_paid": 0}
        assert self.shop.cancel(order)

    async def give_back(self, placed: Placed, amount: int) -> None:
        back = float(Money(amount=amount, currency=placed.currency).major)
        nothing = [{"order_item_id": int(placed.lines[0]), "qty": 0}]
        self.shop.give_back(self.order(placed), {"items": nothing, "arguments": {"adjustment_positive": back}})

    async def parcels(self, placed: Placed) -> list[BookedParcel]:
        mine = [one for one in self.shop.shipments.values() if one["order_id"] == self.order(placed)["entity_id"]]
        return [
            BookedParcel(
                one["tracks"][0]["title"],
                one["tracks"][0]["track_number"],
                {str(item["order_item_id"]): item["qty"] for item in one["items"]},
            )
            for one in mine
        ]

    async def cancelled(self, placed: Placed) -> dict[str, int]:
        # What the shop has cancelled, or where it can only be told in words, what its history of the order says.
        order = self.order(placed)
        found = {str(row["item_id"]): int(row["qty_canceled"]) for row in order["items"] if row["qty_canceled"]}
        if found:
            return found
        for one in self.shop.comments.values():
            if one["parent_id"] == order["entity_id"]:
                for quantity, line in _NOTED.findall(one["comment"]):
                    found[line] = found.get(line, 0) + int(quantity)
        return found

    async def refunds(self, placed: Placed) -> list[BookedRefund]:
        mine = [one for one in self.shop.memos.values() if one["order_id"] == self.order(placed)["entity_id"]]
        return [
            BookedRefund(Money.of_major(str(one["grand_total"]), placed.currency), "transaction_id" in one)
            for one in mine
        ]

    async def stock(self) -> dict[str, int]:
        return {sku: int(quantity) for (source, sku), quantity in self.shop.stock.items() if source == "default"}

    async def listed(self, sku: str) -> str:
        self.shop.articles.append(sku)
        return sku

    async def throttle(self) -> float:
        self.shop.throttled.append("9")
        return 9.0

    def read(self, payload: bytes) -> OrderDocument:
        [reading] = MagentoOrders().read(payload)
        assert reading.document is not None, reading.error
        return reading.document

    def order(self, placed: Placed) -> dict[str, Any]:
        return next(one for one in self.shop.orders.values() if one["increment_id"] == placed.external_id)


def _row(number: int, line: Wanted, price: Money, *, invoiced: bool) -> dict[str, Any]:
    each, whole = float(price.major), float(price.major * line.quantity)
    return {
        "item_id": number,
        "sku": line.sku,
        "name": f"Article {line.sku}",
        "product_type": "simple",
        "qty_ordered": line.quantity,
        "qty_invoiced": line.quantity if invoiced else 0,
        "qty_shipped": 0,
        "qty_canceled": 0,
        "qty_refunded": 0,
        "price": each,
        "price_incl_tax": each,
        "original_price": each,
        "row_total": whole,
        "row_total_incl_tax": whole,
        "tax_amount": 0,
        "discount_amount": 0,
    }


def _order(number: int, placed: Placed, items: list[dict[str, Any]], buyer: str, moment: str) -> dict[str, Any]:
    total = float(placed.total.major)
    first, _, last = buyer.rpartition(" ")
    address = {
        "address_type": "shipping",
        "city": "Berlin",
        "country_id": "DE",
        "firstname": first or "-",
        "lastname": last,
        "postcode": "10115",
        "street": ["Invalidenstraße 1"],
        "telephone": "030 1",
    }
    return {
        "entity_id": number,
        "increment_id": placed.external_id,
        "state": "processing",
        "status": "processing",
        "created_at": moment,
        "updated_at": moment,
        "base_currency_code": placed.currency,
        "order_currency_code": placed.currency,
        "base_grand_total": total,
        "grand_total": total,
        "subtotal": total,
        "total_refunded": 0,
        "customer_email": "ada@example.com",
        "customer_firstname": first or "-",
        "customer_lastname": last,
        "items": items,
        "billing_address": {**address, "address_type": "billing"},
        "payment": {
            "account_status": "",
            "additional_information": [],
            "cc_last4": "4242",
            "method": "stripe_payments",
            "amount_paid": total,
        },
        "extension_attributes": {
            "shipping_assignments": [{"shipping": {"address": address, "method": "flatrate_flatrate"}, "items": []}]
        },
    }
