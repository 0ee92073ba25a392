"""The store's parts on a fresh database of either kind, and a clock that a test sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from activities.adapters.store.api_keys import SqlApiKeys
from activities.adapters.store.database import Database
from activities.adapters.store.idempotency import SqlIdempotencyKeys
from activities.adapters.store.inbox import SqlInbox
from activities.adapters.store.order_book import SqlOrderBook
from activities.adapters.store.orders import SqlOrders
from activities.adapters.store.quarantine import SqlQuarantine
from models.money import Money
from models.order.document import Line, OrderDocument
from models.order.order import Order, Provenance
from models.order.parties import Address, Customer
from models.order.payment_terms import Payment, PaymentTerms
from models.order.snapshot import Headline, LineProgress, MoneyProgress, OrderSnapshot, TimelineEntry, TimelineKind
from models.policy.book import PolicyBook
from models.states.fulfilment import FulfilmentState
from models.states.hold import Hold, HoldKind, HoldState
from models.states.lifecycle import Lifecycle
from models.states.payment import PaymentState

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def orders(database: Database, clock: Clock) -> SqlOrders:
    return SqlOrders(database, now=clock)


@pytest.fixture(scope="session")
def policies() -> PolicyBook:
    return PolicyBook.load(Path(__file__).parents[3] / "ops" / "policies")


@pytest.fixture
def book(database: Database, policies: PolicyBook, clock: Clock) -> SqlOrderBook:
    return SqlOrderBook(database, policies, now=clock)


@pytest.fixture
def quarantine(database: Database, clock: Clock) -> SqlQuarantine:
    return SqlQuarantine(database, now=clock)


@pytest.fixture
def inbox(database: Database, clock: Clock) -> SqlInbox:
    return SqlInbox(database, now=clock)


@pytest.fixture
def requests(database: Database, clock: Clock) -> SqlIdempotencyKeys:
    return SqlIdempotencyKeys(database, now=clock)


@pytest.fixture
def api_keys(database: Database, clock: Clock) -> SqlApiKeys:
    return SqlApiKeys(database, b"pepper", now=clock)


@pytest.fixture
def an_order() -> Any:
    """`an_order(channel="b2b", sku="LAMP")`: an order of two of something."""
    numbers = count(1)

    def make(*, sku: str = "MUG", customer_id: str | None = "C-1", digest: str = "0" * 64, **changes: Any) -> Order:
        price = Money(amount=2000, currency="EUR")
        fields = {
            "channel": "shopify",
            "external_id": f"{next(numbers):04d}",
            "placed_at": NOON,
            "currency": "EUR",
            "customer": Customer(id=customer_id, email="ada@example.com"),
            "shipping_address": Address(lines=("Hauptstr. 1",), city="Berlin", postal_code="10115", country="DE"),
            "lines": (Line(id="1", sku=sku, quantity=2, subtotal=price, total=price),),
            "payment": Payment(terms=PaymentTerms.PREPAID),
            "total": price,
        }
        return Order.accepted(OrderDocument(**(fields | changes)), Provenance(format="test", payload_digest=digest))

    return make


@pytest.fixture
def a_snapshot() -> Any:
    """`a_snapshot(order, 3, headline=Headline.ON_HOLD)`: the order's third state."""

    def make(order: Order, version: int, **changes: Any) -> OrderSnapshot:
        nothing = Money.zero("EUR")
        fields = {
            "order_id": order.id,
            "version": version,
            "at": NOON + timedelta(minutes=version),
            "lifecycle": Lifecycle.VALIDATING,
            "headline": Headline.VALIDATING,
            "fulfilment": FulfilmentState.OPEN,
            "money": MoneyProgress(
                state=PaymentState.PENDING, authorised=nothing, captured=nothing, refunded=nothing, invoiced=nothing
            ),
            "lines": (LineProgress(line_id="1", sku="MUG", ordered=2),),
        }
        return OrderSnapshot(**(fields | changes))

    return make


@pytest.fixture
def an_entry() -> Any:
    def make(position: int, text: str = "") -> TimelineEntry:
        at = NOON + timedelta(seconds=position)
        return TimelineEntry(
            position=position, at=at, kind=TimelineKind.STEP, text=text or f"step {position}", actor="orderloom"
        )

    return make


@pytest.fixture
def a_hold() -> Any:
    def make(kind: HoldKind, state: HoldState = HoldState.OPEN) -> Hold:
        return Hold(
            id=f"{kind.value}-1",
            kind=kind,
            owner="risk",
            reason="it looks odd",
            release_rule="an answer from risk",
            opened_at=NOON,
            opened_by="orderloom",
            state=state,
        )

    return make
