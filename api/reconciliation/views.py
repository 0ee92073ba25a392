"""What the API shows of reconciling: differences, runs, how far partners have been read, and the worklists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from activities.records.reconciling import Worklist
from api.orders.views import View, order_path
from models.money import Money
from models.reconciling.differences import Comparison, DifferenceKind, DifferenceState, Remedy
from models.reconciling.documents import DocumentKind, Party
from models.reconciling.runs import PartyReading, RunReport

if TYPE_CHECKING:
    from activities.records.reconciling import Overview, OwnerCount, WorklistEntry, WorklistSummary
    from models.reconciling.differences import Difference


def difference_path(difference_id: str) -> str:
    """Where a difference is found."""
    return f"/v1/reconciliation/differences/{difference_id}"


def _age(since: datetime) -> int:
    return max(0, (datetime.now(UTC) - since) // timedelta(seconds=1))


class DifferenceView(View):
    """One thing in which our books and a partner's differ."""

    id: str
    kind: DifferenceKind
    comparison: Comparison
    party: Party
    document: DocumentKind
    order_id: str
    """Empty where the partner's document names no order."""
    subject: str
    """Our key of it, or else the partner's number."""
    reference: str | None
    """The partner's number of it."""
    ours: Money | None
    theirs: Money | None
    our_state: str | None
    their_state: str | None
    at_stake: Money | None
    reason: str
    remedy: Remedy | None
    """What may be done about it without a person."""
    state: DifferenceState
    owner: str
    """The team that looks after this kind."""
    assignee: str | None
    outcome: str | None
    """What was done, why it may stand, or why a person is needed."""
    actor: str | None
    first_seen: datetime
    last_seen: datetime
    times_seen: int
    settled_at: datetime | None
    age_s: int
    """Seconds since it was seen first."""
    links: dict[str, str]

    @classmethod
    def of(cls, difference: Difference) -> Self:
        """Show a difference."""
        finding = difference.finding
        here = difference_path(difference.id)
        links = {"self": here, "assignment": f"{here}/assignment", "closure": f"{here}/closure"}
        if finding.order_id:
            links["order"] = order_path(finding.order_id)
        return cls(
            **finding.model_dump(exclude={"place", "ours", "theirs", "at_stake"}),
            ours=finding.ours,
            theirs=finding.theirs,
            at_stake=finding.at_stake,
            **difference.model_dump(exclude={"finding"}),
            age_s=_age(difference.first_seen),
            links=links,
        )


class DifferencePage(View):
    """Some differences, newest first."""

    differences: list[DifferenceView]
    next_cursor: str | None


class StandingView(View):
    """How many differences of a kind stand with a team."""

    owner: str
    kind: DifferenceKind
    count: int
    at_stake: Money | None
    """In one currency; those without money stand apart."""

    @classmethod
    def of(cls, count: OwnerCount) -> Self:
        """Show a count."""
        money = Money(amount=count.at_stake, currency=count.currency) if count.currency else None
        return cls(owner=count.owner, kind=count.kind, count=count.count, at_stake=money)


class ReconciliationView(View):
    """How reconciling stands."""

    readings: list[PartyReading]
    """How far each partner's documents have been read, and why not further."""
    last_run: RunReport | None
    standing: list[StandingView]
    """What is open or assigned, by team and kind."""
    links: dict[str, str]

    @classmethod
    def of(cls, overview: Overview) -> Self:
        """Show the whole."""
        here = "/v1/reconciliation"
        return cls(
            readings=overview.readings,
            last_run=overview.last_run,
            standing=[StandingView.of(count) for count in overview.standing],
            links={"differences": f"{here}/differences", "runs": f"{here}/runs", "worklists": "/v1/worklists"},
        )


class RunPage(View):
    """Some runs, newest first."""

    runs: list[RunReport]
    next_cursor: str | None


class WorklistView(View):
    """One list in short."""

    name: Worklist
    count: int
    oldest: datetime | None
    oldest_age_s: int | None
    links: dict[str, str]

    @classmethod
    def of(cls, summary: WorklistSummary) -> Self:
        """Show a list in short."""
        return cls(
            name=summary.name,
            count=summary.count,
            oldest=summary.oldest,
            oldest_age_s=_age(summary.oldest) if summary.oldest else None,
            links={"entries": f"/v1/worklists/{summary.name.value}"},
        )


class WorklistsView(View):
    """All lists."""

    worklists: list[WorklistView]


class WorklistEntryView(View):
    """One thing somebody has to see to."""

    id: str
    order_id: str
    since: datetime
    age_s: int
    owner: str
    reason: str
    value: Money | None
    links: dict[str, str]

    @classmethod
    def of(cls, entry: WorklistEntry) -> Self:
        """Show an entry."""
        links = {"order": order_path(entry.order_id)} if entry.order_id else {}
        return cls(**vars(entry), age_s=_age(entry.since), links=links)


class WorklistPage(View):
    """Some entries, oldest first."""

    name: Worklist
    entries: list[WorklistEntryView]
    next_cursor: str | None
