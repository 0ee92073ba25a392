"""One return as it was opened: what is to come back, of which order, and what is wanted for it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.base import Identifier, Note, Quantity, Sku, StrictModel, Text
from models.ids import ReturnId
from models.order.document import Moment
from models.returns.request import Condition, Requester, Resolution, ReturnReason
from models.returns.sold import Sold


class ReturnLine(StrictModel):
    """So many of one article."""

    line_id: Identifier
    """The order's line; for goods without a known order a number of our own."""
    sku: Sku
    quantity: Quantity
    """As asked for."""
    reason: ReturnReason
    condition: Condition
    exchange_for: Sku | None = None


class ReturnCase(StrictModel):
    """One return."""

    id: ReturnId
    number: Annotated[int, Field(ge=1)]
    """1 for the order's first return, 2 for its second."""
    known: bool = True
    """Whether the order is one of ours; `sold` has no lines where it is not."""
    sold: Sold
    lines: Annotated[tuple[ReturnLine, ...], Field(min_length=1)]
    resolution: Resolution
    requested_by: Requester
    opened_by: Text
    opened_at: Moment
    node: Identifier | None = None
    note: Note | None = None

    def line(self, line_id: str) -> ReturnLine | None:
        """Find a line."""
        return next((line for line in self.lines if line.line_id == line_id), None)
