"""What the ERP orders from a supplier who sends for us, in the place of one customer's order."""

from typing import Annotated

from pydantic import Field

from models.base import Identifier, Quantity, Sku, StrictModel, Text
from models.order.document import Moment
from models.order.parties import Address
from models.partners.asking import Ask


class SupplierLine(StrictModel):
    """So many of an article, for a line of the customer's order."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity


class DropShipOrder(Ask):
    """Order these from a supplier, who sends them to the customer; chained to the order of record."""

    sales_order: Text
    """The ERP's id of the order of record."""
    supplier: Identifier
    """The supplier's node, as our stock knows it."""
    lines: Annotated[tuple[SupplierLine, ...], Field(min_length=1)]
    ship_to: Address | None
    ship_by: Moment | None = None
