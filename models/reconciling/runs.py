"""One run of reconciling: what its steps answer, and what it comes to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.base import Count, StrictModel, Text
from models.money import Currency
from models.order.document import Moment
from models.partners.erp import CreditMemo, Invoice
from models.partners.payments import Refund
from models.reconciling.differences import Comparison, Remedy
from models.reconciling.documents import Party


class Compared(StrictModel):
    """How a part of one comparison went."""

    orders: Count
    found: Count
    """Differences, known ones too."""
    gone: Count
    """Differences that went away by themselves."""


class HealingTask(StrictModel):
    """One difference that may be healed, and what is to be asked for it; nothing where our own store does it."""

    difference_id: Text
    order_id: Text
    remedy: Remedy
    invoice: Invoice | None = None
    memo: CreditMemo | None = None
    refund: Refund | None = None


class Taken(StrictModel):
    """Differences a run has looked at, and what it may do about them."""

    looked: Count
    tasks: tuple[HealingTask, ...]


class ReadRequest(StrictModel):
    """Read one partner's documents."""

    run_id: Text
    party: Party


class CompareRequest(StrictModel):
    """Make a part of one comparison."""

    run_id: Text
    comparison: Comparison
    limit: Annotated[int, Field(ge=1, le=1000)]


class RunPart(StrictModel):
    """Do a part of something for a run."""

    run_id: Text
    limit: Annotated[int, Field(ge=1, le=1000)]


class HealingOutcome(StrictModel):
    """What became of a healing task."""

    run_id: Text
    difference_id: Text
    done: bool
    said: Text
    """What was done, or why not."""


class RunEnd(StrictModel):
    """A run is over."""

    run_id: Text
    skipped: tuple[Text, ...] = ()
    """Comparisons that were not made, each with its reason."""


class PartyReading(StrictModel):
    """How far a partner's documents have been read."""

    party: Party
    read_to: Moment | None
    trouble: Text | None = None
    """Why the last reading did not succeed."""


class RunReport(StrictModel):
    """What a run came to."""

    run_id: Text
    began_at: Moment
    ended_at: Moment | None = None
    read: dict[Party, int] = Field(default_factory=dict)
    """Documents by partner."""
    compared: dict[Comparison, int] = Field(default_factory=dict)
    """Orders by comparison."""
    found: int = 0
    """Differences that were new, or open again."""
    gone: int = 0
    """Differences that went away by themselves."""
    taken: int = 0
    """Differences it set about to heal."""
    at_stake: dict[Currency, int] = Field(default_factory=dict)
    """What was at stake with them, in minor units."""
    healed: int = 0
    """Those that were healed; the others are tried again by the next run, or left to a person."""
    assigned: int = 0
    """Left to a person."""
    skipped: tuple[Text, ...] = ()
