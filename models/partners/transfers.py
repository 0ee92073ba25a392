"""Moving goods between nodes, and asking the ERP to buy."""

from typing import Annotated

from pydantic import Field

from models.base import Identifier, Quantity, Sku, StrictModel, Text
from models.order.document import Moment, Unit


class TransferLine(StrictModel):
    """So many of an article, in its own unit."""

    sku: Sku
    quantity: Quantity


class TransferOrder(StrictModel):
    """Send goods from one node to another. Both tell of it: departure and arrival are stock events with this id."""

    key: Text
    """The idempotency key, and the transfer's id."""
    from_node: Identifier
    to_node: Identifier
    lines: Annotated[tuple[TransferLine, ...], Field(min_length=1)]
    order_id: Text | None = None
    """The order that waits for it, if one does."""
    reason: Text


class PurchaseRequisition(StrictModel):
    """Have purchasing buy so many of an article for a node. The ERP answers with the purchase order's number."""

    key: Text
    sku: Sku
    quantity: Quantity
    unit: Unit | None = None
    node: Identifier
    supplier: Text | None = None
    needed_by: Moment | None = None
    reason: Text


class RequisitionAnswer(StrictModel):
    """What the ERP made of it."""

    reference: Text
    """The purchase order's number: the supply's id in every event about it."""
    expected_at: Moment | None = None
    """When the supplier promises it; none where he has not said."""
    supplier: Text | None = None
