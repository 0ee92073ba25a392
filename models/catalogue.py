"""Articles as the ERP's master data has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from models.base import Quantity, Sku, StrictModel, Text
from models.order.document import EACH, Unit
from models.order.parties import Country

if TYPE_CHECKING:
    from collections.abc import Mapping


class Component(StrictModel):
    """So many of another article in one of a bundle."""

    sku: Sku
    quantity: Quantity


class Pack(StrictModel):
    """A larger unit the article is sold or kept in."""

    unit: Unit
    holds: Annotated[int, Field(ge=2, le=1_000_000)]
    """How many of the article's own unit are in one."""


class Item(StrictModel):
    """One article."""

    sku: Sku
    name: Text
    unit: Unit = EACH
    """What stock is counted in."""
    packs: Annotated[tuple[Pack, ...], Field(max_length=20)] = ()
    active: bool = True
    stocked: bool = True
    """False for a service, a download, a gift card: nothing is reserved or shipped."""
    regulated: Text | None = None
    """Why compliance must release each order with it: ``medicine``, ``lithium battery``; none for ordinary goods."""
    barred_countries: tuple[Country, ...] = ()
    """Where it may not be sent."""
    components: Annotated[tuple[Component, ...], Field(max_length=100)] = ()
    """What a bundle is made of; the bundle itself is not stocked then."""
    weight_grams: Annotated[int, Field(ge=0)] = 0

    def in_own_unit(self, quantity: int, unit: str | None) -> int | None:
        """Convert a quantity into the article's own unit; None where nothing says how."""
        if unit is None or unit == self.unit:
            return quantity
        return next((quantity * pack.holds for pack in self.packs if pack.unit == unit), None)


def goods_in(item: Item, known: Mapping[str, Item]) -> tuple[Component, ...]:
    """What of one of an article lies on shelves: of a bundle its parts that do, else the article itself.

    Nothing of a service. Of a part that nobody has told us of we take it that it lies on one.

    Args:
        item: the article.
        known: what master data knows of its parts.
    """
    if not item.components:
        return (Component(sku=item.sku, quantity=1),) if item.stocked else ()
    parts = ((part, known.get(part.sku)) for part in item.components)
    return tuple(part for part, told in parts if told is None or (told.stocked and not told.components))
