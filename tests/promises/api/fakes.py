"""Small in-memory answers to the ports the API stands on: they keep what they are told and can be made to fail."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from activities.records.orders import (
    Answer,
    InboxEntry,
    KeyState,
    OrderFilter,
    OrderPostings,
    OrderView,
    Page,
    Principal,
    Quarantined,
    QuarantineState,
    Submission,
)
from api.services import Started
from models.errors import InvalidInput, Noted, NotFound
from models.messages import Acknowledgement, Cancellation, HoldDecision, Receipt
from models.order.snapshot import Headline, OrderSnapshot, TimelineEntry
from models.states.hold import HoldState

if TYPE_CHECKING:
    from models.order.order import Order
    from models.partners.events import PartnerEvent
    from models.policy.decision import Decision

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
KEY = "ol_test_key"


@dataclass
class FakeOrders:
    """Orders by id, newest last."""

    kept: dict[str, Order] = field(default_factory=dict)
    content: dict[str, str] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)
    snapshots: dict[str, OrderSnapshot] = field(default_factory=dict)
    story: dict[str, list[TimelineEntry]] = field(default_factory=dict)
    decided: dict[str, list[Decision]] = field(default_factory=dict)
    posted: dict[str, OrderPostings] = field(default_factory=dict)
    broken: bool = False

    async def submit(self, order: Order, payload: bytes) -> Submission:
        if self.broken:
            raise ConnectionError("the database is away")
        says = order.model_dump_json(exclude={"provenance"})
        if order.id in self.kept:
            return Submission(
                order=self.kept[order.id],
                received_at=NOW,
                started=order.id in self.running,
                is_new=False,
                same_content=self.content[order.id] == says,
            )
        self.kept[order.id] = order
        self.content[order.id] = says
        assert payload
        return Submission(order=order, received_at=NOW, started=False, is_new=True)

    async def mark_started(self, order_id: str) -> None:
        self.running.add(order_id)

    async def unstarted(self, *, older_than_s: float, limit: int) -> list[Order]:
        assert older_than_s > 0
        return [order for order in self.kept.values() if order.id not in self.running][:limit]

    async def find(self, order_id: str) -> OrderView:
        if order_id not in self.kept:
            raise NotFound(f"there is no order {order_id}")
        return OrderView(self.kept[order_id], NOW, NOW, self.snapshots.get(order_id))

    async def page(self, wanted: OrderFilter, *, cursor: str | None, limit: int) -> Page[OrderView]:
        if cursor is not None and not cursor.isdigit():
            raise InvalidInput.at("/cursor", "cursor", "is not one of ours")
        views = [await self.find(order_id) for order_id in reversed(self.kept)]
        fitting = [view for view in views if _fits(view, wanted)]
        start = int(cursor or 0)
        after = start + limit
        return Page(fitting[start:after], str(after) if after < len(fitting) else None)

    async def postings(self, order_id: str) -> OrderPostings:
        await self.find(order_id)
        return self.posted.get(order_id, OrderPostings(order=[], returns={}))

    async def timeline(self, order_id: str) -> list[TimelineEntry]:
        await self.find(order_id)
        return self.story.get(order_id, [])

    async def decisions(self, order_id: str) -> list[Decision]:
        await self.find(order_id)
        return self.decided.get(order_id, [])


def _fits(view: OrderView, wanted: OrderFilter) -> bool:
    snapshot = view.snapshot
    shown = snapshot.headline if snapshot else Headline.RECEIVED
    holds = {hold.kind for hold in snapshot.holds if hold.state is HoldState.OPEN} if snapshot else set()
    return (
        wanted.channel in {None, view.order.channel}
        and wanted.headline in {None, shown}
        and (wanted.hold is None or wanted.hold in holds)
        and wanted.waiting_on in {None, snapshot.waiting_on if snapshot else None}
        and wanted.promise in {None, snapshot.promise.state if snapshot and snapshot.promise else None}
        and wanted.customer_id in {None, view.order.customer.id}
        and wanted.external_id in {None, view.order.external_id}
    )


@dataclass
class FakeQuarantine:
    """Entries by id."""

    entries: dict[str, Quarantined] = field(default_factory=dict)

    async def keep(self, channel: str, payload: bytes, error: InvalidInput) -> Quarantined:
        entry_id = hashlib.sha256(channel.encode() + payload).hexdigest()[:20]
        if entry_id not in self.entries:
            state = QuarantineState.NOTED if isinstance(error, Noted) else QuarantineState.OPEN
            self.entries[entry_id] = Quarantined(entry_id, channel, payload, _errors(error), state, NOW, attempts=1)
        return self.entries[entry_id]

    async def open_by_channel(self) -> dict[str, int]:
        return dict(Counter(e.channel for e in self.entries.values() if e.state is QuarantineState.OPEN))

    async def find(self, entry_id: str) -> Quarantined:
        if entry_id not in self.entries:
            raise NotFound(f"there is no quarantined payload {entry_id}")
        return self.entries[entry_id]

    async def page(
        self, *, state: QuarantineState | None, channel: str | None, cursor: str | None, limit: int
    ) -> Page[Quarantined]:
        if cursor is not None and not cursor.isdigit():
            raise InvalidInput.at("/cursor", "cursor", "is not one of ours")
        found = [e for e in self.entries.values() if state in {None, e.state} and channel in {None, e.channel}]
        start = int(cursor or 0)
        after = start + limit
        return Page(found[start:after], str(after) if after < len(found) else None)

    async def failed_again(self, entry_id: str, payload: bytes, error: InvalidInput) -> Quarantined:
        entry = self.entries[entry_id]
        self.entries[entry_id] = replace(entry, payload=payload, errors=_errors(error), attempts=entry.attempts + 1)
        return self.entries[entry_id]

    async def replayed(self, entry_id: str, payload: bytes, order_id: str) -> Quarantined:
        entry = self.entries[entry_id]
        self.entries[entry_id] = replace(
            entry, payload=payload, state=QuarantineState.REPLAYED, order_id=order_id, attempts=entry.attempts + 1
        )
        return self.entries[entry_id]


def _errors(error: InvalidInput) -> list[dict[str, Any]]:
    return [each.model_dump(mode="json") for each in error.errors]


@dataclass
class FakeInbox:
    """Events in the order they came, and what became of each."""

    events: dict[tuple[str, str], PartnerEvent] = field(default_factory=dict)
    outcome: dict[tuple[str, str], str] = field(default_factory=dict)
    attempts: dict[tuple[str, str], int] = field(default_factory=dict)
    retry_in_s: dict[tuple[str, str], float] = field(default_factory=dict)

    async def receive(self, source: str, event: PartnerEvent, body: bytes) -> bool:
        assert body
        is_new = (source, event.event_id) not in self.events
        self.events.setdefault((source, event.event_id), event)
        return is_new

    async def claim(self, *, limit: int, lease_s: float) -> list[InboxEntry]:
        assert lease_s > 0
        due = [key for key in self.events if self.outcome.get(key) in {None, "failed"}][:limit]
        for key in due:
            self.attempts[key] = self.attempts.get(key, 0) + 1
        return [InboxEntry(*key, self.events[key], self.attempts[key]) for key in due]

    async def delivered(self, source: str, event_id: str) -> None:
        self.outcome[source, event_id] = "delivered"

    async def undeliverable(self, source: str, event_id: str, reason: str) -> None:
        self.outcome[source, event_id] = f"undeliverable: {reason}"

    async def failed(self, source: str, event_id: str, reason: str, *, retry_in_s: float) -> None:
        assert reason
        self.outcome[source, event_id] = "failed"
        self.retry_in_s[source, event_id] = retry_in_s


@dataclass
class FakeKeys:
    """Idempotency keys."""

    known: dict[tuple[str, str, str], tuple[str, Answer | None]] = field(default_factory=dict)

    async def begin(self, principal: str, route: str, key: str, body_digest: str) -> tuple[KeyState, Answer | None]:
        claim = (principal, route, key)
        if claim not in self.known:
            self.known[claim] = (body_digest, None)
            return KeyState.FRESH, None
        first, answer = self.known[claim]
        if first != body_digest:
            return KeyState.OTHER_BODY, None
        return (KeyState.ANSWERED, answer) if answer else (KeyState.RUNNING, None)

    async def finish(self, principal: str, route: str, key: str, answer: Answer) -> None:
        first, _ = self.known[principal, route, key]
        self.known[principal, route, key] = (first, answer)

    async def forget(self, principal: str, route: str, key: str) -> None:
        del self.known[principal, route, key]


@dataclass
class FakeApiKeys:
    """One key, Ada's; and one of Bob's."""

    holders: dict[str, Principal] = field(
        default_factory=lambda: {KEY: Principal("p-1", "ada"), "bobs": Principal("p-2", "bob")}
    )

    async def create(self, name: str) -> str:
        raise NotImplementedError(name)

    async def verify(self, key: str) -> Principal | None:
        return self.holders.get(key)

    async def any_exist(self) -> bool:
        return True


@dataclass
class FakeRunning:
    """Orders at work, which remember what they were told."""

    started: list[str] = field(default_factory=list)
    delivered: list[PartnerEvent] = field(default_factory=list)
    decisions: list[tuple[str, str, HoldDecision]] = field(default_factory=list)
    wishes: list[tuple[str, str, Cancellation]] = field(default_factory=list)
    reachable: bool = True
    unstartable: set[str] = field(default_factory=set)
    refuses: Exception | None = None
    slow_to_cancel: bool = False

    async def start_order(self, order: Order, *, wait_s: float) -> Started:
        assert wait_s >= 0
        if not self.reachable or order.id in self.unstartable:
            return Started(confirmed=False)
        self.started.append(order.id)
        return Started(confirmed=True, receipt=Receipt(order_id=order.id, headline=Headline.ACCEPTED))

    async def decide(self, decision_id: str, order_id: str, decision: HoldDecision) -> Acknowledgement:
        if self.refuses:
            raise self.refuses
        self.decisions.append((decision_id, order_id, decision))
        return Acknowledgement(
            order_id=order_id, headline=Headline.ACCEPTED, text=f"hold {decision.hold} {decision.verdict.value}"
        )

    async def cancel(self, wish_id: str, order_id: str, wish: Cancellation) -> Acknowledgement | None:
        if self.refuses:
            raise self.refuses
        self.wishes.append((wish_id, order_id, wish))
        if self.slow_to_cancel:
            return None
        return Acknowledgement(order_id=order_id, headline=Headline.CANCELLED, text="being cancelled")

    async def deliver(self, event: PartnerEvent) -> None:
        if self.refuses:
            raise self.refuses
        self.delivered.append(event)
