"""What the API works with, handed in by whoever assembles the process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Protocol

from fastapi import Depends, Request

from api.http.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from activities.ports.carriage import ParcelBook
    from activities.ports.channels import Callbacks
    from activities.ports.partners import ChannelFormat
    from activities.ports.stock import StockLedger
    from activities.records.feeds import FeedBook
    from activities.records.orders import ApiKeys, IdempotencyKeys, Inbox, Orders, Quarantine
    from activities.records.reconciling import Differences, Worklists
    from activities.records.stock import Inventory
    from activities.taking_orders import Rumours
    from api.batches.desk import BatchDesk
    from api.orders.changing import RunningChanges
    from api.returns.returning import Returning
    from api.stock.publishing import Publications
    from api.stock.quick_reads import QuickReads
    from api.stock.replenishment import Replenishment
    from models.messages import Acknowledgement, Cancellation, HoldDecision, Receipt
    from models.order.order import Order
    from models.partners.events import PartnerEvent
    from models.partners.transfers import TransferOrder


@dataclass(frozen=True)
class Started:
    """What became of starting an order's workflow."""

    confirmed: bool
    """Whether it certainly runs; if not, the sweep starts it, or finds that it was started after all."""
    receipt: Receipt | None = None
    """The order's own first answer, where it came in time."""


class RunningOrders(Protocol):
    """The orders at work; `api.temporal.Gateway` answers it."""

    async def start_order(self, order: Order, *, wait_s: float) -> Started:
        """Start an order and wait so long for its first answer; starting it again changes nothing."""

    async def decide(self, decision_id: str, order_id: str, decision: HoldDecision) -> Acknowledgement:
        """Answer a hold; raises `Conflict`, `NotFound` or `Unavailable`."""

    async def cancel(self, wish_id: str, order_id: str, wish: Cancellation) -> Acknowledgement | None:
        """Ask for cancellation; None where undoing takes longer than a caller waits. Raises as `decide`."""

    async def deliver(self, event: PartnerEvent) -> None:
        """Hand a callback to its order; raises as `decide`."""

    async def transfer(self, order: TransferOrder) -> None:
        """Have goods sent from node to node, once a key; raises `Unavailable`."""


class RegularRuns(Protocol):
    """What runs by itself; `api.reconciliation.temporal_runs.ScheduledRuns` answers it."""

    async def begin(self, name: str) -> bool:
        """Have a run begin now; False: one is going on. Raises `Unavailable`."""


class Wakeable(Protocol):
    """The background deliveries, as a request sees them."""

    def wake(self) -> None:
        """Say that there is something to deliver."""

    def started(self, order_id: str) -> None:
        """Say that an order's workflow runs, to be noted soon."""


class NotTold(Exception):
    """A dependency is there but does not tell what was asked; says what to look at instead."""


class Unwell(Exception):
    """A dependency is not as it should be; says what is wrong with it."""


@dataclass(frozen=True)
class Check:
    """How one dependency is asked whether it is there."""

    ask: Callable[[], Awaitable[str]]
    """Answers a word or two of detail; raises `NotTold`, or anything else when it is not there."""
    essential: bool = False
    """Whether the API is of no use without it."""


@dataclass(frozen=True)
class Services:
    """All of it."""

    orders: Orders
    quarantine: Quarantine
    inbox: Inbox
    idempotency_keys: IdempotencyKeys
    api_keys: ApiKeys
    running: RunningOrders
    stock: StockLedger
    inventory: Inventory
    quick: QuickReads
    """What channels may show, over connections that orders do not need."""
    channels: Mapping[str, ChannelFormat]
    """Formats by channel name."""
    canonical: ChannelFormat
    batches: BatchDesk
    """Files of orders."""
    signed_channels: frozenset[str] = frozenset()
    """Channels with a secret: their platform's signature is asked for, and lets in without an API key."""
    callback_secrets: Mapping[str, str] = field(default_factory=dict)
    """By partner; several, parted by spaces, while one is being replaced. Empty: its callbacks are refused."""
    callback_formats: Mapping[str, Callbacks] = field(default_factory=dict)
    """By partner; one that is not named calls us as Standard Webhooks has it."""
    replenishment: Replenishment | None = None
    """What is to be bought or moved; none: nothing is, here."""
    returning: Returning | None = None
    """Returns, and what carries them out; none: none can be opened here."""
    changing: RunningChanges | None = None
    """What carries changes of orders out; none: none can be wished here."""
    rumours: Rumours | None = None
    """What channels say anew of orders that are known; none: nobody heeds it."""
    feeds: FeedBook | None = None
    """What is polled, and whether it can be; none: nobody asks."""
    parcels: ParcelBook | None = None
    """Whose parcels are, for carriers that know them by number only; none: what those tell is passed over."""
    publications: Publications | None = None
    """What channels are told of stock; none: they are told nothing."""
    differences: Differences | None = None
    """What reconciling has found; none: nothing is reconciled here."""
    worklists: Worklists | None = None
    """What is not in everybody's books yet; none: no such lists are kept here."""
    regular: RegularRuns | None = None
    """What runs by itself, and can be had at once; none: nothing does, here."""
    away: tuple[type[Exception], ...] = ()
    """What the store raises while its database cannot be used: whoever asks is told to come again."""
    checks: Mapping[str, Check] = field(default_factory=dict)
    wait_s: float = 1.0
    """How long a submission waits for the order's first answer; zero starts it and asks nothing."""
    metrics: Metrics = field(default_factory=Metrics)


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def _deliveries(request: Request) -> Wakeable:
    deliveries: Wakeable = request.app.state.deliveries
    return deliveries


Provided = Annotated[Services, Depends(_services)]
Background = Annotated[Wakeable, Depends(_deliveries)]
