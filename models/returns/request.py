"""What somebody wants to send back: which goods, why, in what condition, and what he wants for them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import ChannelName, Identifier, Note, Quantity, Sku, StrictModel
from models.money import Currency

LINES_MAX = 200


class ReturnReason(StrEnum):
    """Why it comes back."""

    DAMAGED = "damaged"
    """It arrived so."""
    DEFECTIVE = "defective"
    WRONG_ITEM = "wrong_item"
    """We sent something else."""
    NOT_AS_DESCRIBED = "not_as_described"
    ARRIVED_LATE = "arrived_late"
    DOES_NOT_FIT = "does_not_fit"
    CHANGED_MIND = "changed_mind"
    UNDELIVERED = "undelivered"
    """The carrier brought it back."""
    OTHER = "other"


class Condition(StrEnum):
    """What it is like: as whoever sends it says, or as the inspector found it."""

    UNOPENED = "unopened"
    OPENED = "opened"
    USED = "used"
    DAMAGED = "damaged"
    DEFECTIVE = "defective"


class Resolution(StrEnum):
    """What is given for it."""

    REFUND = "refund"
    EXCHANGE = "exchange"
    """Another article of the same worth."""
    STORE_CREDIT = "store_credit"
    REPLACEMENT = "replacement"
    """The same article again."""


class Requester(StrEnum):
    """Who asks."""

    CUSTOMER = "customer"
    CHANNEL = "channel"
    SERVICE = "service"
    """Our own people, on the customer's behalf."""


class RequestedLine(StrictModel):
    """So many of an order's line."""

    line_id: Identifier
    quantity: Quantity
    reason: ReturnReason
    condition: Condition = Condition.OPENED
    exchange_for: Sku | None = None
    """The article wanted instead; with an exchange only."""


class LooseLine(StrictModel):
    """So many of an article that nobody can find an order for."""

    sku: Sku
    quantity: Quantity
    reason: ReturnReason
    condition: Condition = Condition.OPENED


class ReturnRequest(StrictModel):
    """A wish to return goods of an order we know."""

    lines: Annotated[tuple[RequestedLine, ...], Field(min_length=1, max_length=LINES_MAX)]
    resolution: Resolution = Resolution.REFUND
    requested_by: Requester = Requester.CUSTOMER
    node: Identifier | None = None
    """Where the goods are brought or sent; none: as policy says."""
    note: Note | None = None


class LooseReturnRequest(StrictModel):
    """Goods that came back, or shall, without an order we know."""

    channel: ChannelName
    reference: Identifier
    """What stands on the parcel or the customer says: it names the return, and is no order of ours."""
    currency: Currency
    """In which something may be given for them."""
    lines: Annotated[tuple[LooseLine, ...], Field(min_length=1, max_length=LINES_MAX)]
    requested_by: Requester = Requester.SERVICE
    node: Identifier
    note: Note | None = None
