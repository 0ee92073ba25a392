"""What an order and a return have in common: a story told as it happens, decisions, and holds with their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.base import cleaned
from models.order.snapshot import TimelineEntry, TimelineKind
from models.states.hold import HOLD, QUEUES, Hold, HoldKind, HoldState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from models.policy.decision import Decision

PLATFORM = "orderloom"
TEXT_MAX = 500
_ACTOR_MAX = 100


class Casebook:
    """The story, the decisions and the holds of one order or return."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Begin with an empty book; `now` is asked whenever something happens."""
        self._now = now
        self.holds: dict[str, Hold] = {}
        self._position = 0
        self._entries: list[TimelineEntry] = []
        self._decided = 0
        self._decisions: list[Decision] = []

    def tell(self, text: str, *, kind: TimelineKind = TimelineKind.STEP, actor: str = PLATFORM) -> None:
        """Add to the story."""
        self._entries.append(
            TimelineEntry(
                position=self._position, at=self._now(), kind=kind, text=said(text), actor=said(actor, _ACTOR_MAX)
            )
        )
        self._position += 1

    def decide(self, decision: Decision) -> None:
        """Keep a decision's record."""
        self._decisions.append(decision)
        why = f": {'; '.join(decision.reasons)}" if decision.reasons else ""
        self.tell(f"{decision.kind.value.replace('_', ' ')}: {decision.outcome}{why}", kind=TimelineKind.DECISION)

    @property
    def open_holds(self) -> list[Hold]:
        """The holds that wait for an answer, oldest first."""
        return [hold for hold in self.holds.values() if hold.state is HoldState.OPEN]

    def open_hold(
        self, kind: HoldKind, reason: str, *, waiting_on: str | None = None, release_rule: str | None = None
    ) -> Hold:
        """Make it wait for somebody."""
        number = 1 + sum(hold.kind is kind for hold in self.holds.values())
        owner = QUEUES[kind].owner
        hold = Hold(
            id=f"{kind.value}-{number}",
            kind=kind,
            owner=owner,
            reason=said(reason),
            release_rule=said(release_rule or f"an answer from {owner}"),
            waiting_on=waiting_on,
            opened_at=self._now(),
            opened_by=PLATFORM,
        )
        self.holds[hold.id] = hold
        self.tell(f"hold {hold.id} for {owner}: {reason}", kind=TimelineKind.HOLD)
        return hold

    def close_hold(self, hold_id: str, after: HoldState, *, actor: str, reason: str) -> Hold:
        """End a hold, with who and why."""
        hold = self.holds[hold_id]
        closed = hold.model_copy(
            update={
                "state": HOLD.move(hold.state, after),
                "decided_at": self._now(),
                "decided_by": said(actor, _ACTOR_MAX),
                "decision_reason": said(reason),
            }
        )
        self.holds[hold_id] = closed
        kind = TimelineKind.OPERATOR if after is not HoldState.RELEASED else TimelineKind.HOLD
        self.tell(f"hold {hold_id} {after.value}: {reason}", kind=kind, actor=actor)
        return closed

    def release_holds(self, reason: str) -> None:
        """End every open hold, since nothing waits for it any more."""
        for hold in self.open_holds:
            self.close_hold(hold.id, HoldState.RELEASED, actor=PLATFORM, reason=reason)

    def _written(self) -> None:
        """Forget what a snapshot has just taken down."""
        self._decided += len(self._decisions)
        self._entries, self._decisions = [], []


def said(text: str, longest: int = TEXT_MAX) -> str:
    """What somebody said, as far as a line holds it and without what nobody could see: no words stop a case."""
    return cleaned(text, longest) or "(nothing)"
