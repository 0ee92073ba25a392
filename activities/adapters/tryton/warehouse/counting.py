"""Counting what lies in a Tryton's warehouses."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from activities.adapters.tryton.rest import Span
from activities.adapters.tryton.wire import Read
from models.partners.warehouse import NodeCount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.warehouse.masters import Masters, Warehouse

_PAGE = 200
_GOODS = [["type", "=", "goods"]]


class _Shelf(Read):
    code: str
    quantity: float


class _Sku(Read):
    code: str


class _Leaving(Read):
    product: _Sku
    from_location: int
    internal_quantity: float


class Counting:
    """Asks a page of articles at a time."""

    def __init__(self, rest: Rest, masters: Masters) -> None:
        """Count here."""
        self._rest = rest
        self._masters = masters

    async def counts(self) -> tuple[NodeCount, ...]:
        """Count every node. An article with none is left out, and a node that is empty is named with one that has none.

        Goods that a carrier has taken are Tryton's until somebody says that their shipment is done; they are not ours.
        """
        gone = await self._gone()
        found: list[NodeCount] = []
        for warehouse in await self._masters.warehouses():
            shelf = await self._shelf(warehouse, [])
            shelf.subtract(gone.get(warehouse.node, Counter()))
            there = {sku: max(0, quantity) for sku, quantity in sorted(shelf.items())}
            some = {sku: quantity for sku, quantity in there.items() if quantity} or dict(list(there.items())[:1])
            found += (NodeCount(node=warehouse.node, sku=sku, quantity=quantity) for sku, quantity in some.items())
        return tuple(found)

    async def at(self, node: str, skus: Sequence[str]) -> Counter[str]:
        """Count these articles at one node.

        Raises:
            Refused: the node or an article is not known.
        """
        await self._masters.products(skus)
        return await self._shelf(await self._masters.warehouse(node), [["code", "in", list(skus)]])

    async def _shelf(self, warehouse: Warehouse, where: list[list[object]]) -> Counter[str]:
        counted: Counter[str] = Counter()
        while True:
            page = await self._rest.find(
                "product.product",
                _Shelf,
                [*_GOODS, *where, ["code", "!=", None]],
                Span(limit=_PAGE, offset=len(counted)),
                locations=[warehouse.number],
            )
            counted.update({one.code: round(one.quantity) for one in page})
            if len(page) < _PAGE:
                return counted

    async def _gone(self) -> dict[str, Counter[str]]:
        """What has been handed to carriers and is on Tryton's books still, by node."""
        where = [["shipment.state", "=", "shipped", "stock.shipment.out"], ["to_location.type", "=", "customer"]]
        moves = await self._rest.find("stock.move", _Leaving, [*where, ["state", "=", "assigned"]])
        places = await self._masters.places(move.from_location for move in moves)
        gone: dict[str, Counter[str]] = {}
        for move in moves:
            node = places[move.from_location].node or ""
            gone.setdefault(node, Counter())[move.product.code] += round(move.internal_quantity)
        return gone
