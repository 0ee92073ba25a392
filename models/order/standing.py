"""Where an order stands: all dimensions together, its holds and its story. Pure: the caller brings the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.order.account import Account
from models.order.goods import Goods
from models.order.headline import headline
from models.order.snapshot import Headline, OrderSnapshot, TimelineEntry, TimelineKind
from models.states.fulfilment import FULFILMENT, FulfilmentState
from models.states.hold import HOLD, QUEUES, Hold, HoldKind, HoldState
from models.states.lifecycle import LIFECYCLE, Lifecycle

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from models.order.order import Order
    from models.policy.decision import Decision

PLATFORM = "orderloom"
_TEXT_MAX = 500


class Standing:
    """The whole state of one order."""

    def __init__(self, order: Order, now: Callable[[], datetime]) -> None:
        """Begin with an order just received; `now` is asked whenever something happens."""
        self.order = order
        self._now = now
        self.lifecycle = Lifecycle.RECEIVED
        self.fulfilment = FulfilmentState.OPEN
        self.goods = Goods(order)
        self.account = Account(order)
        self.policy_version: str | None = None
        self.awaiting: str | None = None
        """The partner whose callback is awaited; a hold's own partner or owner goes before it."""
        self.references: dict[str, str] = {}
        self.holds: dict[str, Hold] = {}
        self._version = 0
        self._position = 0
        self._entries: list[TimelineEntry] = []
        self._decided = 0
        self._decisions: list[Decision] = []

    def tell(self, text: str, *, kind: TimelineKind = TimelineKind.STEP, actor: str = PLATFORM) -> None:
        """Add to the story."""
        self._entries.append(
            TimelineEntry(position=self._position, at=self._now(), kind=kind, text=text[:_TEXT_MAX], actor=actor[:100])
        )
        self._position += 1

    def decide(self, decision: Decision) -> None:
        """Keep a decision's record."""
        self._decisions.append(decision)
        why = f": {'; '.join(decision.reasons)}" if decision.reasons else ""
        self.tell(f"{decision.kind.value.replace('_', ' ')}: {decision.outcome}{why}", kind=TimelineKind.DECISION)

    def move(self, after: Lifecycle, text: str, *, actor: str = PLATFORM) -> None:
        """Move the order's own life on."""
        self.lifecycle = LIFECYCLE.move(self.lifecycle, after)
        self.tell(text, actor=actor)

    def fulfil(self, after: FulfilmentState) -> None:
        """Move the fulfilment on."""
        self.fulfilment = FULFILMENT.move(self.fulfilment, after)

    @property
    def headline(self) -> Headline:
        """The one word for it."""
        return headline(self.lifecycle, self.goods, held=bool(self.open_holds))

    @property
    def ended(self) -> bool:
        """Whether nothing can follow."""
        return LIFECYCLE.is_final(self.lifecycle)

    @property
    def open_holds(self) -> list[Hold]:
        """The holds that wait for an answer, oldest first."""
        return [hold for hold in self.holds.values() if hold.state is HoldState.OPEN]

    @property
    def waiting_on(self) -> str | None:
        """The partner or the team that has to act."""
        for hold in self.open_holds:
            return hold.waiting_on or hold.owner
        return None if self.ended else self.awaiting

    def open_hold(
        self, kind: HoldKind, reason: str, *, waiting_on: str | None = None, release_rule: str | None = None
    ) -> Hold:
        """Make the order wait for somebody."""
        number = 1 + sum(hold.kind is kind for hold in self.holds.values())
        owner = QUEUES[kind].owner
        hold = Hold(
            id=f"{kind.value}-{number}",
            kind=kind,
            owner=owner,
            reason=reason[:_TEXT_MAX],
            release_rule=release_rule or f"an answer from {owner}",
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
                "decided_by": actor[:100],
                "decision_reason": reason[:_TEXT_MAX],
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

    def snapshot(self) -> OrderSnapshot:
        """Take the state down, with what is new in the story since the last time."""
        self._version += 1
        snapshot = OrderSnapshot(
            order_id=self.order.id,
            version=self._version,
            at=self._now(),
            lifecycle=self.lifecycle,
            headline=self.headline,
            fulfilment=self.fulfilment,
            policy_version=self.policy_version,
            waiting_on=self.waiting_on,
            money=self.account.progress(),
            lines=self.goods.progress(),
            shipments=self.goods.shipments(),
            holds=tuple(self.holds.values()),
            references=dict(self.references),
            entries=tuple(self._entries),
            decisions_from=self._decided,
            decisions=tuple(self._decisions),
        )
        self._decided += len(self._decisions)
        self._entries, self._decisions = [], []
        return snapshot
