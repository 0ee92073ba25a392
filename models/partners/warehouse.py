"""The warehouse (WMS or 3PL): release goods to be sent, recall them, hear what happened."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Count, Identifier, Note, Quantity, Sku, StrictModel, Text
from models.ids import OrderId
from models.order.document import Moment, ServiceLevel
from models.order.parties import Address
from models.partners.asking import Ask
from models.stock.quantities import LotId


class ReleaseLine(StrictModel):
    """So many of an article to pick."""

    line_id: Identifier
    sku: Sku
    quantity: Quantity
    lot: LotId = ""
    """The lot to take; empty where it is not kept by lot."""


class Release(Ask):
    """Send these goods from this node. The warehouse books the parcel under the label given."""

    node: Identifier
    lines: Annotated[tuple[ReleaseLine, ...], Field(min_length=1)]
    ship_to: Address | None
    """None where the customer collects it."""
    service_level: ServiceLevel
    ship_by: Moment | None = None
    deliver_from: Moment | None = None
    deliver_by: Moment | None = None
    """The window in which the site takes it in."""
    carrier: Text | None = None
    tracking_number: Text | None = None
    instructions: Note | None = None


class ReleaseState(StrEnum):
    """Where a warehouse stands with a release."""

    UNKNOWN = "unknown"
    """It has never heard of it."""
    RELEASED = "released"
    """It has it, and has not begun."""
    ACKNOWLEDGED = "acknowledged"
    PICKED = "picked"
    SHIPPED = "shipped"
    RECALLED = "recalled"
    REJECTED = "rejected"


class ReleaseEnquiry(StrictModel):
    """Where does this release stand?"""

    order_id: OrderId
    release_key: Text
    node: Identifier


class ReleaseStanding(StrictModel):
    """Where it stands."""

    state: ReleaseState


class NodeCount(StrictModel):
    """How many of an article the warehouse has counted at a node."""

    node: Identifier
    sku: Sku
    quantity: Count


class RecallAnswer(StrictModel):
    """Whether the warehouse could still stop it."""

    recalled: bool
    """False: it has left, or is about to."""
    happened: bool = True
    """False where the release had never reached the warehouse."""
