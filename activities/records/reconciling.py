"""Ports to what reconciling has found, and to the lists of what is not in everybody's books yet; the API uses them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from activities.records.orders import Page
    from models.money import Money
    from models.reconciling.differences import Comparison, Difference, DifferenceKind, DifferenceState
    from models.reconciling.runs import PartyReading, RunReport


@dataclass(frozen=True)
class DifferenceFilter:
    """Which differences; None means any."""

    state: DifferenceState | None = None
    kind: DifferenceKind | None = None
    comparison: Comparison | None = None
    owner: str | None = None
    order_id: str | None = None


@dataclass(frozen=True)
class OwnerCount:
    """How many differences stand with a team, and what is at stake in each currency."""

    owner: str
    kind: DifferenceKind
    currency: str | None
    count: int
    at_stake: int


@dataclass(frozen=True)
class Overview:
    """How far partners' documents are read, what the last run came to, and what stands."""

    readings: list[PartyReading]
    last_run: RunReport | None
    standing: list[OwnerCount]


class Differences(Protocol):
    """What reconciling has found."""

    async def overview(self) -> Overview:
        """How it stands as a whole."""

    async def page(self, wanted: DifferenceFilter, *, cursor: str | None, limit: int) -> Page[Difference]:
        """List differences, newest first; raises `InvalidInput` for a cursor of another list."""

    async def find(self, difference_id: str) -> Difference:
        """Read one; raises `NotFound`."""

    async def assign(self, difference_id: str, *, assignee: str, actor: str) -> Difference:
        """Give it to somebody; raises `NotFound`, or `Conflict` where it is settled."""

    async def close(self, difference_id: str, *, reason: str, actor: str) -> Difference:
        """Close it with a reason; raises as `assign`."""

    async def runs(self, *, cursor: str | None, limit: int) -> Page[RunReport]:
        """List runs, newest first."""


class Worklist(StrEnum):
    """The lists somebody works off."""

    AWAITING_ERP_POSTING = "orders_awaiting_erp_posting"
    PENDING_RESERVATIONS = "reservations_pending_confirmation"
    UNRECONCILED_SHIPMENTS = "shipments_not_reconciled"
    REFUNDS_OUTSIDE_FINANCE = "refunds_not_in_finance"
    ON_HOLD = "orders_on_hold"
    """By their oldest open hold."""
    LATE_TO_LEAVE = "shipments_at_risk"
    """Orders whose promise is at risk or was missed, and whose goods are still at a node of ours."""
    LATE_SUPPLIES = "supplies_late"
    """Expected later than was said first, or by now; one entry a purchase or transfer."""


@dataclass(frozen=True)
class WorklistEntry:
    """One thing on a list."""

    id: str
    """What it is called there: an order, a reservation's key, a difference, a refund's key, a supply."""
    order_id: str
    """Empty where it is about none."""
    since: datetime
    owner: str
    reason: str
    value: Money | None


@dataclass(frozen=True)
class WorklistSummary:
    """One list in short."""

    name: Worklist
    count: int
    oldest: datetime | None


class Worklists(Protocol):
    """The lists, as they are this moment."""

    async def summaries(self) -> list[WorklistSummary]:
        """Say of each how long it is, and since when the oldest entry waits."""

    async def page(self, name: Worklist, *, cursor: str | None, limit: int) -> Page[WorklistEntry]:
        """List entries, oldest first; raises `InvalidInput` for a cursor of another list."""
