"""A sender: a node as far as a promise goes, in the words of the order that was sourced from it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field

from models.base import Identifier, StrictModel, Text
from models.order.parties import Country
from models.stock.nodes import Calendar

if TYPE_CHECKING:
    from datetime import datetime

    from models.stock.nodes import Lane, Node


class Sender(StrictModel):
    """When a node works, how long it takes, and how far it is from the customer."""

    node: Identifier
    country: Country | None = None
    region: Text | None = None
    calendar: Calendar = Calendar()
    handling_days: Annotated[int, Field(ge=0, le=90)] = 0
    transit_days: Annotated[int, Field(ge=0, le=90)] | None = None
    """Calendar days to the customer by the node's own lane; none where it is collected, or no lane goes there."""
    express_days: Annotated[int, Field(ge=0, le=90)] | None = None

    @classmethod
    def of(cls, node: Node, lane: Lane | None, at: datetime) -> Self:
        """Take down what a promise needs of a node; days off that are over need not be kept."""
        # ISO dates sort as text. A day's margin: it may still be yesterday where the node stands.
        yesterday = (at - timedelta(days=1)).date().isoformat()
        coming = tuple(day for day in node.calendar.closed_on if day >= yesterday)
        return cls(
            node=node.name,
            country=node.country,
            region=node.region,
            calendar=node.calendar.model_copy(update={"closed_on": coming}),
            handling_days=node.handling_days,
            transit_days=lane.transit_days if lane else None,
            express_days=lane.express_days if lane else None,
        )
