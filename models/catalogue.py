"""Articles as the ERP's master data has them."""

from typing import Annotated

from pydantic import Field

from models.base import Quantity, Sku, StrictModel, Text
from models.order.document import Unit
from models.order.parties import Country


class Component(StrictModel):
    """So many of another article in one of a bundle."""

    sku: Sku
    quantity: Quantity


class Item(StrictModel):
    """One article."""

    sku: Sku
    name: Text
    unit: Unit = "C62"
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
