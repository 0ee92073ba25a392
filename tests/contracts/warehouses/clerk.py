"""Somebody at a desk in a Tryton's warehouse, for tests: takes goods in, carries them about, counts them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from activities.adapters.tryton.warehouse.drafting import INTERNAL
from activities.adapters.tryton.wire import Read
from tests.contracts.warehouses.hall import TrytonBooks


class _Place(Read):
    code: str | None


class _Party(Read):
    addresses: list[int]


class Clerk:
    """Somebody at a desk in the warehouse, with Tryton open."""

    def __init__(self, books: TrytonBooks) -> None:
        self.rest = books.people
        self.company = books.hall.facts["company"]

    async def place(self, code: str) -> int:
        found = await self.rest.first("stock.location", _Place, [["code", "=", code]])
        assert found is not None
        return found.id

    async def product(self, sku: str) -> int:
        found = await self.rest.first("product.product", _Place, [["code", "=", sku]])
        assert found is not None
        return found.id

    async def move(self, sku: str, quantity: float, here: int, there: int) -> dict[str, Any]:
        unit = {"unit": 1, "company": self.company, "product": await self.product(sku), "quantity": quantity}
        # Tryton asks what goods from outside cost.
        return {**unit, "from_location": here, "to_location": there, "unit_price": None, "currency": None}

    async def carry(self, sku: str, quantity: float, here: str, there: str) -> None:
        """Carry goods from one place to another."""
        ends = (await self.place(here), await self.place(there))
        moves = [["create", [await self.move(sku, quantity, *ends)]]]
        values = {"company": self.company, "from_location": ends[0], "to_location": ends[1], "moves": moves}
        made = await self.rest.create(INTERNAL, Read, values)
        for action in ("wait", "assign_try", "do"):
            await self.rest.act(INTERNAL, made.id, action)

    async def receive(self, sku: str, quantity: float, reference: str, lot: int | None = None) -> None:
        """Take in what a supplier brings, and put it away."""
        supplier = await self._party("nordic")
        here, there = await self.place("SUP"), await self.place("berlin-in")
        goods = {**await self.move(sku, quantity, here, there), "unit_price": Decimal(0), "currency": 1, "lot": lot}
        values = {
            "company": self.company,
            "supplier": supplier,
            "reference": reference,
            "warehouse": await self.place("berlin"),
            "warehouse_input": there,
            "warehouse_storage": await self.place("berlin-sto"),
            "incoming_moves": [["create", [goods]]],
        }
        made = await self.rest.create("stock.shipment.in", Read, values)
        for action in ("receive", "do"):
            await self.rest.act("stock.shipment.in", made.id, action)

    async def take_back(self, sku: str, quantity: float, reference: str) -> None:
        """Take in what a customer sends back."""
        customer = await self._party("kunde")
        found = await self.rest.get("party.party", _Party, customer)
        assert found is not None
        here, there = await self.place("CUS"), await self.place("berlin-in")
        goods = {**await self.move(sku, quantity, here, there), "unit_price": Decimal(0), "currency": 1}
        values = {
            "company": self.company,
            "customer": customer,
            "contact_address": found.addresses[0],
            "reference": reference,
            "warehouse": await self.place("berlin"),
            "warehouse_input": there,
            "warehouse_storage": await self.place("berlin-sto"),
            "incoming_moves": [["create", [goods]]],
        }
        made = await self.rest.create("stock.shipment.out.return", Read, values)
        for action in ("receive", "do"):
            await self.rest.act("stock.shipment.out.return", made.id, action)

    async def count(self, sku: str, quantity: float, place: str = "berlin-sto") -> None:
        """Count an article."""
        line = {"product": await self.product(sku), "quantity": quantity}
        values = {
            "company": self.company,
            "location": await self.place(place),
            "empty_quantity": "keep",
            "lines": [["create", [line]]],
        }
        made = await self.rest.create("stock.inventory", Read, values)
        await self.rest.act("stock.inventory", made.id, "confirm")

    async def lot(self, sku: str, number: str) -> int:
        made = await self.rest.create("stock.lot", Read, {"number": number, "product": await self.product(sku)})
        return made.id

    async def _party(self, code: str) -> int:
        found = await self.rest.first("party.party", _Place, [["code", "=", code]])
        if found is not None:
            return found.id
        address = {"street_unstructured": "Hafen 1", "city": "Hamburg"}
        return (
            await self.rest.create(
                "party.party", Read, {"name": code, "code": code, "addresses": [["create", [address]]]}
            )
        ).id
