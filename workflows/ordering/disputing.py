"""Disputed payments: finance hears of each on the order itself, and the order does not end before it has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

from models.messages import Cancellation
from models.order.snapshot import TimelineKind
from models.order.standing import PLATFORM
from models.partners.events import DisputeState
from models.states.hold import HoldKind, HoldState

if TYPE_CHECKING:
    from models.partners.events import PaymentDisputed
    from models.states.hold import Hold
    from workflows.ordering.run import Run

_SAID = {
    DisputeState.OPENED: "is disputed",
    DisputeState.UNDER_REVIEW: "is disputed and under review",
    DisputeState.WON: "was disputed: it is ours",
    DisputeState.LOST: "was disputed, and is lost",
}


class Disputes:
    """The disputes of one order, each in its latest state."""

    def __init__(self, run: Run) -> None:
        """Begin with none."""
        self._run = run
        self._latest: dict[str, PaymentDisputed] = {}
        self._followed: set[str] = set()

    def hear(self, event: PaymentDisputed) -> None:
        """Take the provider's word; one that is older than what we know changes nothing."""
        known = self._latest.get(event.dispute)
        if known is not None and (event.occurred_at < known.occurred_at or event.state is known.state):
            return
        self._latest[event.dispute] = event
        said = f"dispute {event.dispute}: {_words(event)}"
        self._run.standing.tell(said, kind=TimelineKind.PARTNER, actor="payment")
        if event.dispute not in self._followed:
            self._followed.add(event.dispute)
            self._run.aside(self._follow(event.dispute))

    async def _follow(self, dispute: str) -> None:
        """Keep a hold for finance open until it is answered, or the dispute is won."""
        while (event := self._latest[dispute]).state is not DisputeState.WON:
            hold = self._run.standing.open_hold(
                HoldKind.DISPUTE,
                f"{_words(event)} ({dispute})",
                release_rule="an answer from finance, or the bank deciding for us",
            )
            await self._run.desk.show()
            await workflow.wait_condition(lambda: self._latest[dispute] is not event or not self._is_open(hold))  # noqa: B023 - waited for at once
            if not self._is_open(hold):
                self._heed(hold)
                break
            self._run.standing.close_hold(
                hold.id, HoldState.RELEASED, actor=PLATFORM, reason=_words(self._latest[dispute])
            )
        self._followed.discard(dispute)
        await self._run.desk.show()

    def _heed(self, hold: Hold) -> None:
        """Where finance will not have more sent, have what has not left cancelled."""
        answered, goods = self._run.standing.holds[hold.id], self._run.standing.goods
        if answered.state is HoldState.REJECTED and not goods.all_shipped and self._run.desk.wish is None:
            reason = answered.decision_reason or "the payment is disputed"
            self._run.desk.take_wish(Cancellation(reason=reason, actor=answered.decided_by or PLATFORM))

    def _is_open(self, hold: Hold) -> bool:
        return self._run.standing.holds[hold.id].state is HoldState.OPEN


def _words(event: PaymentDisputed) -> str:
    until = event.answer_by if event.state is DisputeState.OPENED else None
    due = f"; evidence is due by {until:%Y-%m-%d}" if until else ""
    return f"{event.amount} {_SAID[event.state]}: {event.reason.replace('_', ' ')}{due}"
