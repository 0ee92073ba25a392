"""Ports to our own records that the API and its background loops use; the store's adapters answer them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from pydantic import JsonValue

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from models.errors import InvalidInput
    from models.ledger.postings import Posting
    from models.order.document import OrderDocument
    from models.order.order import Order
    from models.order.snapshot import Headline, OrderSnapshot, TimelineEntry
    from models.partners.events import PartnerEvent
    from models.policy.decision import Decision
    from models.promises.promise import PromiseState
    from models.states.hold import HoldKind

T = TypeVar("T")


@dataclass(frozen=True)
class Reading:
    """One order found in a channel's payload: its own JSON, and either the canonical document or why there is none."""

    payload: bytes
    document: OrderDocument | None = None
    error: InvalidInput | None = None


# --- orders -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Submission:
    """An order as it was handed in, and whether its workflow has been started."""

    order: Order
    received_at: datetime
    started: bool
    is_new: bool
    """False where the order was known already; `order` is then the one first accepted."""
    same_content: bool = True
    """Whether what was sent now says the same as what was first accepted."""


@dataclass(frozen=True)
class OrderView:
    """An order as the API shows it: what was accepted, and its latest state."""

    order: Order
    received_at: datetime
    updated_at: datetime
    snapshot: OrderSnapshot | None
    """None until its workflow has written for the first time."""


@dataclass(frozen=True)
class OrderPostings:
    """The journal of an order, and of each of its returns."""

    order: list[Posting]
    returns: dict[str, list[Posting]]
    """By return id; only returns that have postings."""


@dataclass(frozen=True)
class OrderFilter:
    """Which orders; None means any."""

    channel: str | None = None
    headline: Headline | None = None
    hold: HoldKind | None = None
    """An open hold of this kind."""
    waiting_on: str | None = None
    promise: PromiseState | None = None
    customer_id: str | None = None
    external_id: str | None = None


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of a list, and an opaque cursor to what follows."""

    items: list[T]
    next_cursor: str | None


class Orders(Protocol):
    """Every order we ever took in, newest first."""

    async def submit(self, order: Order, payload: bytes) -> Submission:
        """Keep an order for good in one transaction, or find that it is known already."""

    async def mark_started(self, order_id: str) -> None:
        """Note that its workflow runs."""

    async def unstarted(self, *, older_than_s: float, limit: int) -> list[Order]:
        """Orders whose workflow has not been started, oldest first."""

    async def find(self, order_id: str) -> OrderView:
        """Read one order; raises `models.errors.NotFound`."""

    async def page(self, wanted: OrderFilter, *, cursor: str | None, limit: int) -> Page[OrderView]:
        """Read a page; raises `models.errors.InvalidInput` for a cursor that is not ours."""

    async def timeline(self, order_id: str) -> list[TimelineEntry]:
        """Everything that happened to an order, in order; raises `NotFound`."""

    async def decisions(self, order_id: str) -> list[Decision]:
        """Every decision made about an order, in order; raises `NotFound`."""

    async def postings(self, order_id: str) -> OrderPostings:
        """The journal of an order and of its returns, in order; raises `NotFound`."""


# --- quarantine -------------------------------------------------------------------------------------------------------


class QuarantineState(StrEnum):
    """What became of a payload that could not be mapped."""

    OPEN = "open"
    """Somebody has to look at it."""
    NOTED = "noted"
    """Nothing is wrong with it, and nothing follows from it, or not yet: nobody need look at it."""
    REPLAYED = "replayed"
    """It was taken in, as it came or corrected; or its order came by itself."""


@dataclass(frozen=True)
class Quarantined:
    """A payload that could not become an order, and why."""

    id: str
    channel: str
    payload: bytes
    """As it came, or as it was corrected last; left out of lists, which would be as large as all of them together."""
    errors: list[dict[str, JsonValue]]
    """`FieldError`s as JSON."""
    state: QuarantineState
    received_at: datetime
    attempts: int
    """How often it was tried, the first time counted."""
    order_id: str | None = None
    """The order it became, once replayed."""


class Quarantine(Protocol):
    """Payloads kept until somebody corrects and replays them, or for the record."""

    async def keep(self, channel: str, payload: bytes, error: InvalidInput) -> Quarantined:
        """Keep a payload; the same one again (same channel and bytes) is the same entry.

        What is only `models.errors.Noted` needs nobody. All that is noted of one order is one entry, with the newest of
        its payloads, and counts as replayed once the order is there.
        """

    async def open_by_channel(self) -> dict[str, int]:
        """How many entries somebody has to look at, by channel."""

    async def find(self, entry_id: str) -> Quarantined:
        """Read one; raises `NotFound`."""

    async def page(
        self, *, state: QuarantineState | None, channel: str | None, cursor: str | None, limit: int
    ) -> Page[Quarantined]:
        """Read a page, newest first."""

    async def failed_again(self, entry_id: str, payload: bytes, error: InvalidInput) -> Quarantined:
        """Keep the corrected payload, which still cannot be mapped."""

    async def replayed(self, entry_id: str, payload: bytes, order_id: str) -> Quarantined:
        """Note which order it became."""


# --- callbacks --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InboxEntry:
    """A callback that was verified and stored."""

    source: str
    event_id: str
    event: PartnerEvent
    attempts: int


class Inbox(Protocol):
    """Callbacks, each stored once, delivered to its order at least once."""

    async def receive(self, source: str, event: PartnerEvent, body: bytes) -> bool:
        """Store an event; False where it was here before."""

    async def claim(self, *, limit: int, lease_s: float) -> list[InboxEntry]:
        """Take undelivered events for delivery; nobody else gets them until the lease ends."""

    async def delivered(self, source: str, event_id: str) -> None:
        """Note that the order has it."""

    async def undeliverable(self, source: str, event_id: str, reason: str) -> None:
        """Note why the order will never have it: it has ended, or there is no such order."""

    async def failed(self, source: str, event_id: str, reason: str, *, retry_in_s: float) -> None:
        """Note why delivery failed this time."""


# --- requests ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, kept to be given again."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class KeyState(StrEnum):
    """What is known of an idempotency key."""

    FRESH = "fresh"
    """Never seen, or left over from a request that died: the caller now owns it and must finish it."""
    RUNNING = "running"
    OTHER_BODY = "other_body"
    ANSWERED = "answered"


class IdempotencyKeys(Protocol):
    """Requests by their `Idempotency-Key`, per principal, method and path."""

    async def begin(self, principal: str, route: str, key: str, body_digest: str) -> tuple[KeyState, Answer | None]:
        """Claim a key, or learn what became of it; an answer comes with ANSWERED only."""

    async def finish(self, principal: str, route: str, key: str, answer: Answer) -> None:
        """Keep the answer."""

    async def forget(self, principal: str, route: str, key: str) -> None:
        """Give the key free: the request failed in a way that may be tried again."""


@dataclass(frozen=True)
class Principal:
    """Who a request comes from."""

    id: str
    name: str


class ApiKeys(Protocol):
    """Who may call. Only a keyed hash of each key is kept."""

    async def create(self, name: str) -> str:
        """Make a key; this is the only time it can be read."""

    async def verify(self, key: str) -> Principal | None:
        """Who holds this key; None for nobody."""

    async def any_exist(self) -> bool:
        """Whether a first key has been made."""
