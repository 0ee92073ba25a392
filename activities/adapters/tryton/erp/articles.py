"""Articles as our masters have them, read from Tryton's products and their categories.

Tryton has no fields for some of it. It stands in categories beneath three well-known ones: ``Regulated`` (why
compliance must look), ``Barred from`` (a country's code), ``Packed in`` (a unit's code, and how many it holds).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.tryton.rest import Span
from activities.adapters.tryton.wire import Read
from models.catalogue import Component, Item, Pack
from models.order.document import EACH
from models.partners.erp import CataloguePage, ItemAnswer

if TYPE_CHECKING:
    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.wire import Domain
    from models.partners.erp import ItemEnquiry

_REGULATED, _BARRED, _PACKED = "Regulated", "Barred from", "Packed in"
_EACH = "u"
"""Tryton's own symbol of a piece."""
_UNITS = {_EACH: EACH, "kg": "KGM", "g": "GRM", "l": "LTR", "m": "MTR", "h": "HUR", "d": "DAY"}
"""Tryton's symbols and the codes of UNECE Recommendation 20; a unit whose symbol is not here has its code for one."""


class _Named(Read):
    name: str


class Category(Read):
    """What an article is classed as."""

    name: str
    parent: _Named | None


class Unit(Read):
    """What an article is counted in."""

    symbol: str

    @property
    def code(self) -> str:
        """Its code (UNECE Recommendation 20)."""
        return _UNITS.get(self.symbol, self.symbol)


class _Coded(Read):
    code: str | None


class _Component(Read):
    product: _Coded
    quantity: float


class _Template(Read):
    categories: list[Category]
    weight: float | None
    weight_uom: Unit | None
    components: list[_Component]


class _Product(Read):
    code: str | None
    name: str
    type: str
    active: bool
    salable: bool | None
    default_uom: Unit
    template: _Template
    components: list[_Component]


class Articles:
    """The articles."""

    def __init__(self, rest: Rest, page: int) -> None:
        """Read them from this database, so many at a time."""
        self._rest = rest
        self._page = page

    async def items(self, enquiry: ItemEnquiry) -> ItemAnswer:
        """Look articles up; those that are sold no more are known, and not active."""
        where = [["code", "in", sorted(set(enquiry.skus))], ["active", "in", [True, False]]]
        found = await self._rest.find("product.product", _Product, where)
        return ItemAnswer(items=tuple(_item(product) for product in found if product.code))

    async def catalogue(self, cursor: str | None) -> CataloguePage:
        """Read all articles, a page at a time; the cursor is the last one's code."""
        where: Domain = [["code", "!=", None], ["salable", "=", True]]
        where += [["code", ">", cursor]] if cursor else []
        span = Span(limit=self._page + 1, order=(("code", "ASC"),))
        found = [product for product in await self._rest.find("product.product", _Product, where, span) if product.code]
        more = len(found) > self._page
        return CataloguePage(
            items=tuple(_item(product) for product in found[: self._page]),
            next_cursor=found[self._page - 1].code if more else None,
        )


def packs(categories: list[Category]) -> tuple[Pack, ...]:
    """Read the larger units an article comes in."""
    said = (name.split() for name in _beneath(categories, _PACKED))
    return tuple(Pack(unit=parts[0], holds=int(parts[1])) for parts in said if len(parts) == 2 and parts[1].isdecimal())  # noqa: PLR2004 - a unit and a number


def _item(product: _Product) -> Item:
    template = product.template
    return Item(
        sku=product.code or "",
        name=product.name,
        unit=product.default_uom.code,
        packs=packs(template.categories),
        active=product.active and bool(product.salable),
        stocked=product.type in {"goods", "assets"},
        regulated=next(iter(_beneath(template.categories, _REGULATED)), None),
        barred_countries=tuple(_beneath(template.categories, _BARRED)),
        components=tuple(
            Component(sku=part.product.code, quantity=int(part.quantity))
            for part in (product.components or template.components)
            if part.product.code
        ),
        weight_grams=_grams(template),
    )


def _grams(template: _Template) -> int:
    per_unit = {"g": 1.0, "kg": 1000.0, "t": 1_000_000.0}
    unit = template.weight_uom.symbol if template.weight_uom else "g"
    return round((template.weight or 0.0) * per_unit.get(unit, 0.0))


def _beneath(categories: list[Category], root: str) -> list[str]:
    return sorted(one.name for one in categories if one.parent is not None and one.parent.name == root)
