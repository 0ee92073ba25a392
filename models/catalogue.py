"""Articles as the ERP's master data has them."""

from typing import Annotated

from pydantic import Field

from models.base import Quantity, Sku, StrictModel, Text
from models.order.document import EACH, Unit
from models.order.parties import Country


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
