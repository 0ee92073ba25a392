"""The articles: units, what they weigh, what they are made of, and what they are classed as.

Tryton has no field for some of what our masters hold. As its users do, it is written as categories beneath a few
well-known ones: why compliance must look at an order, where an article may not be sent, in what packs it comes.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from models.order.document import EACH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.catalogue import Item
    from ops.partners.tryton.server.rpc import Rpc
    from ops.sandbox.goods import Goods

REGULATED, BARRED, PACKED = "Regulated", "Barred from", "Packed in"


def make_articles(rpc: Rpc, goods: Goods, *, kits: bool, more: Mapping[str, Any] | None = None) -> dict[str, int]:
    """Write the articles; answers the id of each article's product by SKU.

    Args:
        rpc: whose books.
        goods: what there is.
        kits: whether bundles are written too; a Tryton without ``product_kit`` knows only what they are made of.
        more: fields every article has beside its own where it is traded: its accounts, that it may be sold.
    """
    writing = _Writing(rpc, more or {})
    for item in sorted(goods.items, key=lambda item: bool(item.components)):
        if kits or not item.components:
            writing.article(item)
    return writing.products


class _Writing:
    def __init__(self, rpc: Rpc, more: Mapping[str, Any]) -> None:
        self.products: dict[str, int] = {}
        self._rpc = rpc
        self._more = more
        self._each = rpc.named("product", "uom_unit")
        self._gram = rpc.named("product", "uom_gram")
        self._units = {EACH: self._each}
        self._categories: dict[tuple[int | None, str], int] = {}

    def article(self, item: Item) -> None:
        unit = self._unit(item.unit)
        kind = "kit" if item.components else "goods" if item.stocked else "service"
        trade = {"sale_uom": unit, "purchase_uom": unit} if self._more else {}
        template = self._rpc.new(
            "product.template",
            name=item.name,
            type=kind,
            default_uom=unit,
            list_price=Decimal(10),
            cost_price_method="fixed",
            categories=[["add", self._classes(item)]],
            products=[["create", [{"suffix_code": item.sku, "cost_price": Decimal(5)}]]],
            **({"weight": float(item.weight_grams), "weight_uom": self._gram} if item.weight_grams else {}),
            **({"components": [["create", self._components(item)]]} if item.components else {}),
            **trade,
            **self._more,
        )
        self.products[item.sku] = self._rpc.one("product.product", where=[["template", "=", template]])["id"]

    def _components(self, item: Item) -> list[dict[str, Any]]:
        return [
            {"product": self.products[part.sku], "quantity": float(part.quantity), "unit": self._each}
            for part in item.components
        ]

    def _classes(self, item: Item) -> list[int]:
        said = {
            REGULATED: [item.regulated] if item.regulated else [],
            BARRED: list(item.barred_countries),
            PACKED: [f"{pack.unit} {pack.holds}" for pack in item.packs],
        }
        return [
            self._category(name, self._category(root, None)) for root, names in said.items() for name in names if names
        ]

    def _category(self, name: str, parent: int | None) -> int:
        if (parent, name) not in self._categories:
            self._categories[parent, name] = self._rpc.new("product.category", name=name, parent=parent)
        return self._categories[parent, name]

    def _unit(self, code: str) -> int:
        """Answer a unit by its UNECE Rec 20 code, which is its symbol."""
        # Each is in a category of its own, since how many pieces are in a box differs from article to article.
        if code not in self._units:
            category = self._rpc.new("product.uom.category", name=code)
            measure = {"factor": 1.0, "rate": 1.0, "rounding": 1.0, "digits": 0, "category": category}
            self._units[code] = self._rpc.new("product.uom", name=code, symbol=code, **measure)
        return self._units[code]
