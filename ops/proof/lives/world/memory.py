"""The world of one life: what was asked of whom, what took place, what was said, and how often each thing happened."""

from __future__ import annotations

import random
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, TypeVar

from models.partners.asking import Undo

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime

    from pydantic import BaseModel

    from models.ledger.postings import Posting
    from models.money import Money
    from models.order.order import Order
    from models.order.snapshot import OrderSnapshot
    from models.partners.carriers import Booking
    from models.partners.erp import CreditMemo, Invoice, SalesOrder, SalesOrderChange
    from models.partners.events import PartnerEvent
    from models.partners.notices import Notice
    from models.partners.warehouse import Release
    from models.returns.case import ReturnCase
    from models.returns.snapshot import ReturnSnapshot
    from ops.proof.lives.world.balances import Spot
    from ops.proof.lives.world.fates import Fates
    from ops.proof.lives.world.ledger import Ledger

Reply = TypeVar("Reply")
_LAST_DEEDS = 60


class Keyed(Protocol):
    """Whatever is asked of a partner under a key."""

    @property
    def key(self) -> str:
        """The idempotency key."""


class Host(Protocol):
    """Where a life is lived: on our own stage, or on a Temporal server."""

    @property
    def now(self) -> datetime:
        """The time there."""

    def later(self, seconds: float, deed: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Have something done so many seconds from now."""

    async def pause(self, seconds: float) -> None:
        """Let a partner take its time."""

    async def start(self, workflow: str, start: BaseModel, workflow_id: str) -> None:
        """Begin a workflow."""

    async def signal(self, workflow_id: str, name: str, payload: BaseModel | dict[str, Any] | bytes) -> bool:
        """Send a signal; answers whether anybody was there to hear it."""

    async def update(self, workflow_id: str, name: str, payload: BaseModel) -> bool:
        """Send an update; answers whether it was taken."""

    async def cancel(self, workflow_id: str, reason: str) -> bool:
        """Request cancellation in Temporal; answers whether there was anything to cancel."""


class Envelope(TypedDict):
    """What every event has."""

    event_id: str
    order_id: str
    occurred_at: datetime


@dataclass(frozen=True)
class MoneyWord:
    """One thing the payment provider did."""

    verb: str
    key: str
    order_id: str
    authorisation: str
    amount: Money
    shipped: int | None = None
    """For a capture: what had left the warehouses by then was worth, in minor units; none where none sends it."""


@dataclass(frozen=True)
class Sent:
    """One parcel as the warehouse that sent it knows it."""

    release: Release
    shipment_id: str
    pieces: dict[tuple[str, str, str], int]
    """By line, article and lot."""
    at: datetime


@dataclass
class Journal:
    """What the partners remember; the laws judge by it."""

    asked: dict[tuple[str, str], Keyed] = field(default_factory=dict)
    """The first question under each verb and key."""
    two_bodies: list[tuple[str, str]] = field(default_factory=list)
    """Keys that came again with another question."""
    money: list[MoneyWord] = field(default_factory=list)
    sales_orders: dict[str, SalesOrder] = field(default_factory=dict)
    cancelled_sales_orders: set[str] = field(default_factory=set)
    order_changes: list[SalesOrderChange] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    memos: list[CreditMemo] = field(default_factory=list)
    releases: dict[str, Release] = field(default_factory=dict)
    recalled: set[str] = field(default_factory=set)
    labels: dict[str, Booking] = field(default_factory=dict)
    voided_labels: set[str] = field(default_factory=set)
    sent: list[Sent] = field(default_factory=list)
    short: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)
    """By event id: what a warehouse could not find, by line and article."""
    events: dict[str, PartnerEvent] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    """Each that was delivered, once a key."""


@dataclass
class World:
    """Everything there is in one life."""

    seed: int
    host: Host
    fates: Fates
    ledger: Ledger
    chance: random.Random
    beginning: datetime
    journal: Journal = field(default_factory=Journal)
    orders: dict[str, Order] = field(default_factory=dict)
    cases: dict[str, ReturnCase] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    """Orders of which somebody wished another quantity: what they are worth is not what it was."""
    snapshots: dict[str, OrderSnapshot] = field(default_factory=dict)
    """The latest of each order."""
    returned: dict[str, ReturnSnapshot] = field(default_factory=dict)
    """The latest of each return."""
    postings: dict[str, list[Posting]] = field(default_factory=dict)
    """By order: every posting it wrote down."""
    given_up: Counter[str] = field(default_factory=Counter)
    """By order: steps that a person gave up, so that nobody can say what became of them."""
    times: Counter[str] = field(default_factory=Counter)
    """How often each kind of thing happened."""
    deeds: deque[str] = field(default_factory=lambda: deque(maxlen=_LAST_DEEDS))
    broken: list[str] = field(default_factory=list)
    """Laws that broke while it went on."""
    lies: Counter[Spot] = field(default_factory=Counter)
    """What truly lies where, whatever our books say."""
    told: list[Callable[[OrderSnapshot], None]] = field(default_factory=list)
    """Who reads what an order writes down."""
    heard: list[Callable[[ReturnSnapshot], None]] = field(default_factory=list)
    """Who reads what a return writes down."""
    _effects: dict[tuple[str, str], Any] = field(default_factory=dict)
    _closed: set[tuple[str, str]] = field(default_factory=set)
    _attempts: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def note(self, kind: str, text: str = "") -> None:
        """Count something, and tell it in the life's story."""
        self.times[kind] += 1
        self.deeds.append(f"{self.host.now:%d %H:%M:%S} {kind}{': ' if text else ''}{text}")

    async def effect(self, verb: str, ask: Keyed, make: Callable[[], Reply]) -> Reply:
        """Answer one question: well, or as its fate has it. The same key takes effect once."""
        name = (verb, ask.key)
        self._attempts[name] += 1
        first = self.journal.asked.setdefault(name, ask)
        if first != ask and not isinstance(ask, Undo):
            # Why something is taken back may be said in other words; what is taken back is its key.
            self.journal.two_bodies.append(name)
        fate = self.fates.of(verb, ask.key, self._attempts[name], self.host.now)
        if fate.kind:
            self.note(f"fault: {fate.kind}", f"{verb} {ask.key}")
        await self.host.pause(fate.before)
        if fate.error is not None and not fate.done and not (fate.kind == "refused" and name in self._effects):
            # What was done once is not refused afterwards, and what was refused is not done: a key has one answer.
            if fate.kind == "refused":
                self._closed.add(name)
            raise fate.error
        if name not in self._effects:
            self._effects[name] = self._take_place(name, make)
        await self.host.pause(fate.after)
        if fate.error is not None and fate.done:
            raise fate.error
        reply: Reply = self._effects[name]
        return reply

    def _take_place(self, name: tuple[str, str], make: Callable[[], Reply]) -> Reply:
        if name in self._closed:
            raise self.fates.too_late(name[0])
        self.note(name[0], name[1])
        return make()

    def happened(self, verb: str, key: str) -> bool:
        """Whether an effect took place; if not, it will not any more, however late a call comes."""
        if (verb, key) in self._effects:
            return True
        self._closed.add((verb, key))
        return False
