"""Drafting shipments: what goods, from where, to whom, in Tryton's fields."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from activities.adapters.tryton.wire import Read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.warehouse.masters import Masters
    from activities.adapters.tryton.wire import Values
    from models.order.parties import Address
    from models.partners.transfers import TransferOrder
    from models.partners.warehouse import Release

OUT, INTERNAL = "stock.shipment.out", "stock.shipment.internal"


class Drafting:
    """Makes drafts; each answers the number of what it made."""

    def __init__(self, rest: Rest, masters: Masters, company: int) -> None:
        """Make them here, for this company."""
        self._rest = rest
        self._masters = masters
        self._company = company

    async def release(self, release: Release) -> int:
        """Draft what a node is to send.

        Raises:
            Refused: node, article or lot are not known.
        """
        warehouse = await self._masters.warehouse(release.node)
        products = await self._masters.products([line.sku for line in release.lines])
        consignees = await self._masters.consignees()
        currency = await self._masters.currency()
        moves: list[Values] = []
        for line in release.lines:
            product = products[line.sku]
            moves.append(
                {
                    **self._move(product.id, product.default_uom, line.quantity),
                    "from_location": warehouse.output,
                    "to_location": consignees.customer_location,
                    # What it costs the customer is none of the warehouse's business, but goods sent have to have one.
                    "unit_price": Decimal(0),
                    "currency": currency,
                    **({"lot": await self._masters.lot(line.lot, product)} if line.lot else {}),
                }
            )
        return await self._out(
            release.key, warehouse.node, await self._address(release.ship_to), moves, release.ship_by
        )

    async def nothing(self, key: str) -> int:
        """Draft a release with nothing in it."""
        [warehouse, *_] = await self._masters.warehouses()
        return await self._out(key, warehouse.node, await self._address(None), [])

    async def transfer(self, order: TransferOrder) -> int:
        """Draft what one node is to send to another."""
        here = await self._masters.warehouse(order.from_node)
        there = await self._masters.warehouse(order.to_node)
        products = await self._masters.products([line.sku for line in order.lines])
        places = {"from_location": here.storage, "to_location": there.storage}
        moves = [
            {**self._move(products[line.sku].id, products[line.sku].default_uom, line.quantity), **places}
            for line in order.lines
        ]
        values = {"company": self._company, "reference": order.key, **places, "moves": _made(moves)}
        return (await self._rest.create(INTERNAL, Read, values)).id

    async def _out(
        self, key: str, node: str, address: int, moves: Iterable[Values], ship_by: datetime | None = None
    ) -> int:
        warehouse = await self._masters.warehouse(node)
        values = {
            "company": self._company,
            "customer": (await self._masters.consignees()).id,
            "delivery_address": address,
            "warehouse": warehouse.number,
            "warehouse_storage": warehouse.storage,
            "warehouse_output": warehouse.output,
            "reference": key,
            "planned_date": (ship_by or datetime.now(UTC)).astimezone(UTC).date(),
            "outgoing_moves": _made(moves),
        }
        return (await self._rest.create(OUT, Read, values)).id

    def _move(self, product: int, unit: int, quantity: int) -> Values:
        return {"company": self._company, "product": product, "unit": unit, "quantity": float(quantity)}

    async def _address(self, address: Address | None) -> int:
        """Write an address down; none: the customer comes for it, to an address that is there already."""
        consignees = await self._masters.consignees()
        if address is None:
            return min(consignees.addresses)
        values = {"party": consignees.id, **_postal(address)}
        values["country"] = await self._masters.country(address.country)
        return (await self._rest.create("party.address", Read, values)).id


def _postal(address: Address) -> dict[str, Any]:
    """An address without its country. What Tryton has no field for stands above the street, as it would on a label."""
    above = [text for text in (address.company if address.name else None,) if text]
    below = [text for text in (address.region, address.phone and f"Tel. {address.phone}") if text]
    return {
        "party_name": address.name or address.company,
        "street_unstructured": "\n".join([*above, *address.lines, *below]),
        "postal_code": address.postal_code,
        "city": address.city,
    }


def _made(moves: Iterable[Values]) -> list[Any]:
    found = list(moves)
    return [["create", found]] if found else []
