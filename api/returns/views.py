"""What the API shows of returns. Amounts are whole minor units; times are UTC. No view holds an address or a name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from api.orders.views import View, order_path
from models.money import Money
from models.order.snapshot import TimelineEntry
from models.policy.decision import Decision
from models.policy.returns import Disposition
from models.returns.case import ReturnLine
from models.returns.money import MoneyState
from models.returns.request import Condition, Requester, Resolution, ReturnReason
from models.returns.snapshot import MoneyGiven, ReturnLineProgress, Unannounced
from models.states.hold import Hold, HoldState
from models.states.returning import RETURN, ReturnState

if TYPE_CHECKING:
    from activities.records.returns import ReturnView
    from models.returns.case import ReturnCase
    from models.returns.messages import ReturnAcknowledgement


def return_path(return_id: str) -> str:
    """Where a return is found."""
    return f"/v1/returns/{return_id}"


class AcceptedReturn(View):
    """The answer to a wish to return; the same however often it is sent."""

    id: str
    order_id: str
    number: int
    status: ReturnState = RETURN.initial
    """As it was taken in; what became of it is found at `location`."""
    location: str

    @classmethod
    def of(cls, case: ReturnCase) -> Self:
        """Answer for this return."""
        return cls(id=case.id, order_id=case.sold.order_id, number=case.number, location=return_path(case.id))


class ReturnLineView(View):
    """One line, and how many of it are where."""

    line_id: str
    sku: str
    reason: ReturnReason
    condition: Condition
    """As whoever asked for the return says."""
    exchange_for: str | None
    requested: int
    authorised: int
    received: int
    missing: int
    accepted: int
    rejected: int
    settled: int
    dispositions: dict[Disposition, int]

    @classmethod
    def of(cls, line: ReturnLine, progress: ReturnLineProgress) -> Self:
        """Show a line."""
        about = {"reason": line.reason, "condition": line.condition, "exchange_for": line.exchange_for}
        return cls(**about, **progress.model_dump())


class ReturnSummary(View):
    """A return in a list."""

    id: str
    order_id: str
    known_order: bool
    number: int
    channel: str
    status: ReturnState
    resolution: Resolution
    requested_by: Requester
    worth: Money | None
    """What the customer paid for what is to come back; none until it has been judged."""
    given: Money
    """What was given for it so far."""
    holds: list[Hold]
    """The open ones first."""
    waiting_on: str | None
    return_by: datetime | None
    opened_at: datetime
    updated_at: datetime
    links: dict[str, str]

    @classmethod
    def of(cls, view: ReturnView) -> Self:
        """Show a return in short."""
        return cls(**_summary(view))


class ReturnDetail(ReturnSummary):
    """A return with its lines and money."""

    policy_version: str | None
    lines: list[ReturnLineView]
    unannounced: list[Unannounced]
    """What came and nobody had announced."""
    money: list[MoneyGiven]
    replacements: list[str]
    """Orders that send something in its place."""
    tracking_number: str | None
    references: dict[str, str]

    @classmethod
    def of(cls, view: ReturnView) -> Self:
        """Show all of a return."""
        snapshot = view.snapshot
        return cls(
            **_summary(view),
            policy_version=snapshot.policy_version if snapshot else None,
            lines=_lines(view),
            unannounced=list(snapshot.unannounced) if snapshot else [],
            money=list(snapshot.money) if snapshot else [],
            replacements=list(snapshot.replacements) if snapshot else [],
            tracking_number=snapshot.tracking_number if snapshot else None,
            references=dict(snapshot.references) if snapshot else {},
        )


class ReturnPage(View):
    """Some returns, newest first."""

    returns: list[ReturnSummary]
    next_cursor: str | None


class ReturnTimeline(View):
    """Everything that happened to a return, in order."""

    return_id: str
    entries: list[TimelineEntry]


class ReturnDecisions(View):
    """Every decision made about a return, in order."""

    return_id: str
    decisions: list[Decision]


class ReturnAnswer(View):
    """What a return made of what was told it."""

    id: str
    status: ReturnState
    message: str
    expected: int
    """How many units are still to come."""
    open_holds: list[str]
    location: str

    @classmethod
    def of(cls, said: ReturnAcknowledgement) -> Self:
        """Answer with the return's own words."""
        return cls(
            id=said.return_id,
            status=said.state,
            message=said.text,
            expected=said.expected,
            open_holds=list(said.open_holds),
            location=return_path(said.return_id),
        )


def _summary(view: ReturnView) -> dict[str, Any]:
    case, snapshot = view.case, view.snapshot
    here = return_path(case.id)
    gifts = [gift for gift in snapshot.money if gift.state is MoneyState.GIVEN] if snapshot else []
    return {
        "id": case.id,
        "order_id": case.sold.order_id,
        "known_order": case.known,
        "number": case.number,
        "channel": case.sold.channel,
        "status": snapshot.state if snapshot else RETURN.initial,
        "resolution": case.resolution,
        "requested_by": case.requested_by,
        "worth": snapshot.worth if snapshot else None,
        "given": Money.sum_of((gift.total for gift in gifts), case.sold.currency),
        "holds": sorted(snapshot.holds, key=lambda hold: hold.state is not HoldState.OPEN) if snapshot else [],
        "waiting_on": snapshot.waiting_on if snapshot else None,
        "return_by": snapshot.return_by.astimezone(UTC) if snapshot and snapshot.return_by else None,
        "opened_at": case.opened_at.astimezone(UTC),
        "updated_at": view.updated_at.astimezone(UTC),
        "links": {
            "self": here,
            "order": order_path(case.sold.order_id),
            **{name: f"{here}/{name}" for name in ("timeline", "decisions", "receipt", "inspection", "decision")},
        },
    }


def _lines(view: ReturnView) -> list[ReturnLineView]:
    case, snapshot = view.case, view.snapshot
    if snapshot is None:
        untouched = (
            ReturnLineProgress(line_id=line.line_id, sku=line.sku, requested=line.quantity) for line in case.lines
        )
        return [ReturnLineView.of(line, progress) for line, progress in zip(case.lines, untouched, strict=True)]
    return [ReturnLineView.of(case.line(line.line_id) or _beside(line), line) for line in snapshot.lines]


def _beside(line: ReturnLineProgress) -> ReturnLine:
    """A line nobody had announced, taken in by a person."""
    return ReturnLine(
        line_id=line.line_id,
        sku=line.sku,
        quantity=line.requested,
        reason=ReturnReason.OTHER,
        condition=Condition.OPENED,
    )
