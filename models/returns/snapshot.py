"""What a return's workflow writes down at each change: the whole of its state, and what is new in its story."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.base import Count, Identifier, Quantity, Sku, StrictModel, Text
from models.ids import OrderId, ReturnId
from models.ledger.postings import Posting
from models.money import Money
from models.order.document import Moment
from models.order.snapshot import TimelineEntry
from models.policy.decision import Decision
from models.policy.returns import Disposition
from models.returns.money import MoneyState, Ways
from models.states.hold import Hold
from models.states.returning import ReturnState


class ReturnLineProgress(StrictModel):
    """How many of a line are where."""

    line_id: Identifier
    sku: Sku
    requested: Quantity
    authorised: Count = 0
    received: Count = 0
    """What the customer keeps is counted too."""
    missing: Count = 0
    """No longer waited for."""
    accepted: Count = 0
    rejected: Count = 0
    settled: Count = 0
    """Something was given for so many."""
    dispositions: dict[Disposition, Count] = Field(default_factory=dict)


class Unannounced(StrictModel):
    """Goods that came and nobody had announced."""

    id: Text
    sku: Sku
    quantity: Quantity
    admitted: bool | None = None
    """None until a person has said."""


class MoneyGiven(StrictModel):
    """One gift of money, or of credit, for some of the goods."""

    key: Text
    state: MoneyState
    total: Money
    """Goods and shipping less fees: what is given, or is to be."""
    goods: Money
    shipping: Money
    fees: Money
    ways: Ways
    references: dict[str, str] = Field(default_factory=dict)
    """What the payment provider and the ERP call it."""


class ReturnSnapshot(StrictModel):
    """The return's state, and the entries and decisions since the snapshot before."""

    return_id: ReturnId
    order_id: OrderId
    version: Annotated[int, Field(ge=1)]
    at: Moment
    state: ReturnState
    policy_version: Text | None = None
    waiting_on: Text | None = None
    return_by: Moment | None = None
    """Until when the goods are waited for."""
    tracking_number: Text | None = None
    worth: Money | None = None
    lines: tuple[ReturnLineProgress, ...]
    unannounced: tuple[Unannounced, ...] = ()
    money: tuple[MoneyGiven, ...] = ()
    replacements: tuple[OrderId, ...] = ()
    """Orders that send something in its place."""
    holds: tuple[Hold, ...] = ()
    references: dict[str, str] = Field(default_factory=dict)
    entries: tuple[TimelineEntry, ...] = ()
    decisions_from: Count = 0
    decisions: tuple[Decision, ...] = ()
    postings: tuple[Posting, ...] = ()
    """What was written in its journal since the snapshot before; all of it once the return has ended."""
