"""What a warehouse's books know by numbers of their own: places, articles, lots, our customers' party."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.adapters.tryton.wire import Read
from models.base import identifier
from models.errors import Refused, Unavailable
from models.stock.quantities import StockState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.warehouse.options import WarehouseOptions
    from models.stock.events import SetAside

_SET_ASIDE: dict[str, SetAside] = {
    "-DAMAGED": StockState.DAMAGED,
    "-QUARANTINED": StockState.QUARANTINED,
    "-IN_INSPECTION": StockState.IN_INSPECTION,
}
"""How the code of a place ends where goods lie that are not for sale: ``berlin-DAMAGED``."""


class Location(Read):
    """A place, as Tryton has it."""

    code: str | None
    type: str
    parent: int | None
    storage_location: int | None
    output_location: int | None


class Product(Read):
    """An article, and the unit it is counted in."""

    code: str
    default_uom: int


class Lot(Read):
    """A lot of an article."""

    number: str
    product: int


class Consignees(Read):
    """The party our customers' addresses are kept under."""

    addresses: list[int]
    customer_location: int


class _Money(Read):
    currency: int


class _Country(Read):
    code: str


@dataclass(frozen=True)
class Warehouse:
    """A warehouse, which is one of our nodes."""

    node: str
    number: int
    storage: int
    output: int


@dataclass(frozen=True)
class Place:
    """What a place means to us."""

    type: str
    """Tryton's word: storage, customer, supplier, lost_found..."""
    node: str | None
    """The node it is part of; none: it is outside, or between nodes."""
    set_aside: SetAside | None
    """What goods lie there as that are not for sale."""


class Masters:
    """Looked up when they are first needed, and again when something is missing."""

    def __init__(self, rest: Rest, options: WarehouseOptions) -> None:
        """Look them up here."""
        self._rest = rest
        self._options = options
        self._locations: dict[int, Location] = {}
        self._products: dict[str, Product] = {}
        self._countries: dict[str, int] = {}
        self._consignees: Consignees | None = None
        self._currency: int | None = None

    async def warehouses(self) -> list[Warehouse]:
        """All of them, by their nodes' names."""
        found = await self._rest.find("stock.location", Location, [["type", "=", "warehouse"]])
        return sorted((made for one in found if (made := _warehouse(one)) is not None), key=lambda one: one.node)

    async def warehouse(self, node: str) -> Warehouse:
        """The warehouse of a node.

        Raises:
            Refused: there is none.
        """
        known = {one.node: one for one in map(_warehouse, self._locations.values()) if one is not None}
        if node not in known:
            known = {one.node: one for one in await self.warehouses()}
            await self._learn_places()
        if node not in known:
            raise Refused(self._rest.partner, f"there is no warehouse {node}", code="unknown_node")
        return known[node]

    async def places(self, numbers: Iterable[int]) -> Mapping[int, Place]:
        """What these places mean."""
        wanted = set(numbers)
        if not wanted <= self._locations.keys():
            await self._learn_places()
        return {number: self._place(number) for number in wanted}

    async def products(self, skus: Collection[str]) -> dict[str, Product]:
        """Articles that lie on shelves, by SKU.

        Raises:
            Refused: some are not kept here; names them.
        """
        missing = sorted(set(skus) - self._products.keys())
        if missing:
            where = [["code", "in", missing], ["type", "=", "goods"]]
            found = await self._rest.find("product.product", Product, where)
            self._products |= {one.code: one for one in found}
        unknown = sorted(set(skus) - self._products.keys())
        if unknown:
            raise Refused(self._rest.partner, f"not kept here: {', '.join(unknown)}"[:500], code="unknown_item")
        return {sku: self._products[sku] for sku in skus}

    async def lot(self, number: str, product: Product) -> int:
        """A lot's number in the books.

        Raises:
            Refused: there is no such lot.
        """
        found = await self._rest.first("stock.lot", Lot, [["number", "=", number], ["product", "=", product.id]])
        if found is None:
            raise Refused(self._rest.partner, f"there is no lot {number} of {product.code}", code="unknown_lot")
        return found.id

    async def consignees(self) -> Consignees:
        """The party our customers' addresses are kept under.

        Raises:
            Unavailable: it is not there: orders wait until somebody has written it.
        """
        if self._consignees is None:
            code = self._options.consignees
            self._consignees = await self._rest.first("party.party", Consignees, [["code", "=", code]])
            if self._consignees is None or not self._consignees.addresses:
                self._consignees = None
                raise Unavailable(self._rest.partner, f"has no party {code} with an address: releases need one")
        return self._consignees

    async def currency(self) -> int:
        """The currency of the company's books."""
        if self._currency is None:
            company = await self._rest.get("company.company", _Money, self._options.company)
            if company is None:
                raise Unavailable(self._rest.partner, f"has no company {self._options.company}")
            self._currency = company.currency
        return self._currency

    async def country(self, code: str) -> int | None:
        """A country by its ISO code; None: Tryton was not told of it."""
        if not self._countries:
            found = await self._rest.find("country.country", _Country, [])
            self._countries = {one.code: one.id for one in found}
        return self._countries.get(code)

    async def _learn_places(self) -> None:
        found = await self._rest.find("stock.location", Location, [["active", "in", [True, False]]])
        self._locations = {one.id: one for one in found}

    def _place(self, number: int) -> Place:
        place = self._locations.get(number)
        if place is None:
            return Place(type="unknown", node=None, set_aside=None)
        ends = (state for end, state in _SET_ASIDE.items() if (place.code or "").endswith(end))
        return Place(type=place.type, node=self._node(place), set_aside=next(ends, None))

    def _node(self, place: Location) -> str | None:
        above: Location | None = place
        while above is not None and above.type != "warehouse":
            above = self._locations.get(above.parent) if above.parent is not None else None
        return None if above is None else _node_name(above.code)


def _warehouse(location: Location) -> Warehouse | None:
    if location.type != "warehouse" or _node_name(location.code) is None:
        return None
    storage, output = location.storage_location, location.output_location
    if storage is None or output is None:
        return None
    return Warehouse(location.code or "", location.id, storage, output)


def _node_name(code: str | None) -> str | None:
    """A warehouse's code as a node's name; none: it cannot be a node of ours."""
    try:
        return identifier(code or "")
    except ValueError:
        return None
