"""A small world for an order: every partner and our own store in memory, with a journal and faults."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle

from models.catalogue import Component, Item
from models.errors import OrderloomError, PartnerError
from models.messages import OrderStart
from models.money import Money
from models.order.assessment import Assessment, AssessmentRequest
from models.order.order import Order
from models.order.snapshot import OrderSnapshot
from models.partners.asking import Done, Undo, Undone
from models.partners.carriers import Booking, Label, Redelivery
from models.partners.erp import (
    CataloguePage,
    CreditAnswer,
    CreditEnquiry,
    Invoice,
    ItemAnswer,
    ItemEnquiry,
    SalesOrder,
    SalesOrderChange,
)
from models.partners.events import ParcelMoved, ParcelShipped, PartnerEvent, PickedLine
from models.partners.notices import Notice
from models.partners.payments import Authorisation, AuthorisationRequest, Capture, Refund, Void
from models.partners.purchasing import DropShipOrder
from models.partners.transfers import PurchaseRequisition, RequisitionAnswer, TransferOrder
from models.partners.warehouse import (
    NodeCount,
    RecallAnswer,
    Release,
    ReleaseEnquiry,
    ReleaseStanding,
    ReleaseState,
)
from models.policy.assess import assess
from models.policy.book import PolicyBook
from models.policy.fulfilment import FulfilmentPolicy
from models.policy.promises.rules import PromiseRules
from models.promises.sender import Sender
from models.states.fulfilment import ShipmentState
from models.stock.backorders import BackorderRequest
from models.stock.demand import Need
from models.stock.reservation import Remedy, ReservationRelease
from tests.promises.orders.clock import Clock, Condition, comes_true
from tests.promises.orders.shelf import FakeStock

_SHIPPED = PolicyBook.load(Path(__file__).parents[3] / "ops" / "policies").current
_HASTY = _SHIPPED.patience.model_copy(update={"first_pause_seconds": 1})
_PLAIN = FulfilmentPolicy(ship_within_hours=72, expedited_ship_within_hours=24, deliver_within_days=14)
"""A person is asked at once; what is tried before that is promised in tests/promises/fulfilment."""
POLICIES = PolicyBook([_SHIPPED.model_copy(update={"patience": _HASTY, "fulfilment": _PLAIN})])

ITEMS = {
    item.sku: item
    for item in (
        Item(sku="MUG", name="Mug", weight_grams=300),
        Item(sku="LAMP", name="Lamp", weight_grams=2000),
        Item(sku="KIT", name="Medical kit", regulated="medical device"),
        Item(
            sku="SET", name="Gift set", components=(Component(sku="LAMP", quantity=1), Component(sku="MUG", quantity=2))
        ),
        Item(sku="WARRANTY", name="Warranty", stocked=False),
    )
}


@dataclass
class World:
    """Every partner, our store, and what they were asked."""

    client: Client | None = None
    journal: list[tuple[str, str]] = field(default_factory=list)
    """Each effect as it took place: (verb, key)."""
    effects: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, list[PartnerError]] = field(default_factory=lambda: defaultdict(list))
    """By verb: errors to raise, one a call, before anything is done."""
    lost: dict[str, list[PartnerError]] = field(default_factory=lambda: defaultdict(list))
    """By verb: errors to raise after the effect has taken place."""
    stock: dict[str, int] = field(default_factory=lambda: {"MUG": 100, "LAMP": 100, "KIT": 100})
    reserved: dict[str, dict[tuple[str, str, str], int]] = field(default_factory=dict)
    own_refusals: dict[str, list[OrderloomError]] = field(default_factory=lambda: defaultdict(list))
    """By verb of our own ledger: errors to raise, one a call."""
    remedies: Callable[[Need], Remedy] | None = None
    """What policy says is done about a need that is short; none: nothing, so that a person decides."""
    together: bool = False
    """Whether nothing goes before all of it can."""
    supply_at: datetime | None = None
    """When supply is expected for whoever waits."""
    backorders: dict[str, BackorderRequest] = field(default_factory=dict)
    """Those that wait, by key."""
    soft: set[str] = field(default_factory=set)
    """Reservations that are held and not firm."""
    kept_until: dict[str, datetime] = field(default_factory=dict)
    """Until when reservations were asked to be kept, by key."""
    senders: tuple[Sender, ...] = ()
    """Who sends it, as far as a promise goes; none: nothing is promised."""
    promises: PromiseRules | None = None
    """The rules of promises; none: those of the policies."""
    lapsed: set[str] = field(default_factory=set)
    """Reservations that will be found to have expired."""
    freed: list[ReservationRelease] = field(default_factory=list)
    """Partial releases."""
    ships: bool = True
    """Whether the warehouse sends what is released, and the carrier delivers it, by themselves."""
    recalls: bool = True
    limit: int = 100_000
    unknown: set[str] = field(default_factory=set)
    snapshots: list[OrderSnapshot] = field(default_factory=list)
    money: Counter[str] = field(default_factory=Counter)
    sent: list[PartnerEvent] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    released: list[Release] = field(default_factory=list)
    created: list[SalesOrder] = field(default_factory=list)
    records: list[SalesOrderChange] = field(default_factory=list)
    """Changes of the order of record."""
    at_effect: Callable[[str], Awaitable[None]] | None = None
    """Called after each effect, with the verb."""
    items: dict[str, Item] = field(default_factory=lambda: dict(ITEMS))

    async def effect(self, verb: str, key: str, make: Callable[[], Any]) -> Any:
        if self.faults[verb]:
            raise self.faults[verb].pop(0)
        if key not in self.effects:
            self.effects[key] = make()
            self.journal.append((verb, key))
        if self.lost[verb]:
            raise self.lost[verb].pop(0)
        if self.at_effect:
            await self.at_effect(verb)
        return self.effects[key]

    def done(self, verb: str) -> list[str]:
        return [key for name, key in self.journal if name == verb]

    @property
    def clock(self) -> Clock | None:
        """The clock of a server that skips time."""
        return None if self.client is None else Clock.of(self.client)

    @property
    def last(self) -> OrderSnapshot:
        return self.snapshots[-1]

    @property
    def story(self) -> list[str]:
        return [entry.text for snapshot in self.snapshots for entry in snapshot.entries]

    async def until(self, condition: Condition) -> None:
        """Wait for something to be true of the world; says how far the order got if it never is."""
        async with self._time_running_until(condition):
            for _ in range(3000):
                if comes_true(condition):
                    return
                await asyncio.sleep(0.02)
        message = f"it never came true; the story so far: {self.story}"
        raise AssertionError(message)

    async def end(self, handle: WorkflowHandle[Any, Any]) -> str:
        """The headline the order ends with; says how far it got if it never ends."""
        try:
            async with self._time_running_until(lambda: False):
                return str(await asyncio.wait_for(handle.result(), timeout=120))
        except TimeoutError:
            message = f"it never ended; the story so far: {self.story}"
            raise AssertionError(message) from None

    def _time_running_until(self, condition: Condition) -> AbstractAsyncContextManager[None]:
        """Where the server skips time, let it: elsewhere time passes as it does here."""
        return nullcontext() if self.clock is None else self.clock.running_until(condition)

    async def until_held(self, *kinds: str) -> None:
        """Wait until exactly these holds are open."""
        await self.until(
            lambda: (
                bool(self.snapshots)
                and sorted(hold.kind for hold in self.last.holds if hold.state == "open") == sorted(kinds)
            )
        )

    async def items_of(self, enquiry: ItemEnquiry) -> ItemAnswer:
        known = [ITEMS[sku] for sku in enquiry.skus if sku in ITEMS and sku not in self.unknown]
        return ItemAnswer(items=tuple(known))

    async def tell(self, event: PartnerEvent) -> None:
        assert self.client is not None
        self.sent.append(event)
        await self.client.get_workflow_handle(event.order_id).signal("partner_event", event)


class FakeErp:
    def __init__(self, world: World) -> None:
        self.world = world

    async def items(self, enquiry: ItemEnquiry) -> ItemAnswer:
        return await self.world.items_of(enquiry)

    async def catalogue(self, cursor: str | None = None) -> CataloguePage:  # noqa: ARG002 - the port's signature
        return CataloguePage(items=tuple(ITEMS.values()))

    async def credit(self, enquiry: CreditEnquiry) -> CreditAnswer:
        if self.world.faults["credit"]:
            raise self.world.faults["credit"].pop(0)
        currency = enquiry.amount.currency
        return CreditAnswer(
            known=True, limit=Money(amount=self.world.limit, currency=currency), exposure=Money.zero(currency)
        )

    async def create_order(self, order: SalesOrder) -> Done:
        def take() -> Done:
            self.world.created.append(order)
            return Done(reference=f"SO-{order.order_id[-4:]}")

        return await self.world.effect("create_order", order.key, take)

    async def change_order(self, change: SalesOrderChange) -> Done:
        def take() -> Done:
            parts = Money.sum_of(
                (part for line in change.lines for part in (line.net, line.tax)), change.total.currency
            )
            assert parts + change.other_charges == change.total
            self.world.records.append(change)
            return Done(reference=change.sales_order)

        return await self.world.effect("change_order", change.key, take)

    async def cancel_order(self, undo: Undo) -> Undone:
        happened = undo.key in self.world.effects
        return await self.world.effect("cancel_order", f"undo {undo.key}", lambda: Undone(happened=happened))

    async def post_invoice(self, invoice: Invoice) -> Done:
        def post() -> Done:
            parts = Money.sum_of((line.amount for line in invoice.lines), invoice.total.currency)
            assert parts + invoice.other_charges == invoice.total
            self.world.money["invoiced"] += invoice.total.amount
            return Done(reference="INV-1")

        return await self.world.effect("post_invoice", invoice.key, post)

    async def order_drop_ship(self, order: DropShipOrder) -> Done:
        return await self.world.effect("order_drop_ship", order.key, lambda: Done(reference="PO-7"))

    async def cancel_drop_ship(self, undo: Undo) -> Undone:
        happened = undo.key in self.world.effects
        return await self.world.effect("cancel_drop_ship", f"undo {undo.key}", lambda: Undone(happened=happened))

    async def requisition(self, requisition: PurchaseRequisition) -> RequisitionAnswer:
        return await self.world.effect("requisition", requisition.key, lambda: RequisitionAnswer(reference="PO-1"))

    async def stock_levels(self) -> tuple[NodeCount, ...]:
        return ()


class FakeWarehouse:
    def __init__(self, world: World) -> None:
        self.world = world
        self._sending: set[asyncio.Task[None]] = set()

    async def release(self, release: Release) -> Done:
        def take() -> Done:
            self.world.released.append(release)
            if self.world.ships:
                task = asyncio.create_task(self.send(release))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)
            return Done(reference=f"WMS {release.key}")

        done: Done = await self.world.effect("release", release.key, take)
        if self.world.clock is not None:
            # Weeks would have been skipped meanwhile.
            await asyncio.gather(*self._sending)
        return done

    async def send(self, release: Release) -> None:
        await self.world.tell(shipped(release, shipment=f"P{len(self.world.released)}"))
        await self.world.tell(moved(release, ShipmentState.DELIVERED))

    async def recall(self, undo: Undo) -> RecallAnswer:
        happened = undo.key in self.world.effects
        return await self.world.effect(
            "recall", f"undo {undo.key}", lambda: RecallAnswer(recalled=self.world.recalls, happened=happened)
        )

    async def status(self, enquiry: ReleaseEnquiry) -> ReleaseStanding:
        known = enquiry.release_key in self.world.effects
        return ReleaseStanding(state=ReleaseState.RELEASED if known else ReleaseState.UNKNOWN)

    async def transfer(self, order: TransferOrder) -> Done:
        return await self.world.effect("transfer", order.key, lambda: Done(reference="TR-1"))

    async def counts(self) -> tuple[NodeCount, ...]:
        return ()


def shipped(release: Release, quantity: int | None = None, shipment: str = "P1") -> ParcelShipped:
    return ParcelShipped(
        event_id=f"shipped/{release.key}/{shipment}",
        order_id=release.order_id,
        occurred_at=datetime.now(UTC),
        release_key=release.key,
        shipment_id=f"{shipment}-{release.node}",
        node=release.node,
        carrier=release.carrier or "none",
        tracking_number=release.tracking_number or "none",
        lines=tuple(
            PickedLine(line_id=line.line_id, sku=line.sku, quantity=quantity or line.quantity) for line in release.lines
        ),
    )


def moved(release: Release, state: ShipmentState) -> ParcelMoved:
    return ParcelMoved(
        event_id=f"{state.value}/{release.key}",
        order_id=release.order_id,
        occurred_at=datetime.now(UTC),
        tracking_number=release.tracking_number or "none",
        state=state,
    )


class FakePayments:
    def __init__(self, world: World) -> None:
        self.world = world

    async def authorise(self, request: AuthorisationRequest) -> Authorisation:
        def take() -> Authorisation:
            self.world.money["authorised"] += request.amount.amount
            return Authorisation(reference=f"AUTH {request.key}", amount=request.amount)

        return await self.world.effect("authorise", request.key, take)

    async def capture(self, capture: Capture) -> Done:
        def take() -> Done:
            self.world.money["captured"] += capture.amount.amount
            return Done(reference="CAP-1")

        return await self.world.effect("capture", capture.key, take)

    async def void(self, void: Void) -> Undone:
        happened = void.key in self.world.effects
        return await self.world.effect("void", f"undo {void.key}", lambda: Undone(happened=happened))

    async def refund(self, refund: Refund) -> Done:
        return await self.world.effect("refund", refund.key, lambda: Done(reference="REF-1"))


class FakeCarriers:
    def __init__(self, world: World) -> None:
        self.world = world

    async def book(self, booking: Booking) -> Label:
        number = f"TRK-{len(self.world.journal)}"
        return await self.world.effect(
            "book",
            booking.key,
            lambda: Label(reference=number, carrier="Swift", service="parcel", tracking_number=number),
        )

    async def void(self, undo: Undo) -> Undone:
        happened = undo.key in self.world.effects
        return await self.world.effect("void_label", f"undo {undo.key}", lambda: Undone(happened=happened))

    async def deliver_again(self, redelivery: Redelivery) -> Done:
        return await self.world.effect("deliver_again", redelivery.key, lambda: Done(reference="again"))


class FakeNotices:
    def __init__(self, world: World) -> None:
        self.world = world

    async def send(self, notice: Notice) -> Done:
        self.world.notices.append(notice)
        return await self.world.effect("send", notice.key, lambda: Done(reference="N-1"))


class FakeBook:
    def __init__(self, world: World) -> None:
        self.world = world

    async def assess(self, request: AssessmentRequest) -> Assessment:
        items = {sku: item for sku, item in self.world.items.items() if sku not in self.world.unknown}
        assessment = assess(request.order, POLICIES.get(request.policy_version), items)
        promises = self.world.promises or assessment.promises
        return assessment.model_copy(update={"promises": promises})

    async def learn(self, answer: ItemAnswer) -> None:
        self.world.items |= {item.sku: item for item in answer.items}

    async def record(self, snapshot: OrderSnapshot) -> None:
        self.world.snapshots.append(snapshot)


def ports(world: World) -> dict[str, Any]:
    return {
        "erp": FakeErp(world),
        "warehouse": FakeWarehouse(world),
        "payments": FakePayments(world),
        "carriers": FakeCarriers(world),
        "notices": FakeNotices(world),
        "stock": FakeStock(world),
        "book": FakeBook(world),
    }


async def start(client: Client, order: Order) -> Any:
    return await client.start_workflow("OrderWorkflow", OrderStart(order=order), id=order.id, task_queue="orders")
