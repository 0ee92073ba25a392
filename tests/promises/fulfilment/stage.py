"""A world with several nodes: shelves, lots gone bad, outages, warehouses that are silent. On the order's own fakes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from models.errors import PartnerError, Unavailable
from models.order.assessment import Assessment, AssessmentRequest
from models.order.document import FulfilmentRequest
from models.partners.asking import Done
from models.partners.carriers import Booking, Label
from models.partners.erp import CreditMemo
from models.partners.events import PartnerEvent, PickedLine, PickedShort, ReleaseAcknowledged, ReleaseRejected
from models.partners.purchasing import DropShipOrder
from models.partners.warehouse import Release, ReleaseEnquiry, ReleaseStanding, ReleaseState
from models.policy.fulfilment import FulfilmentPolicy
from models.stock.backorders import BackorderAnswer, BackorderRequest
from models.stock.demand import Demand, Need
from models.stock.outlook import BadLot, NodeOutlook, ReleaseCheck, ReleaseOutlook
from models.stock.quantities import Balance
from models.stock.reservation import (
    Allocation,
    Remedy,
    RemedyKind,
    ReservationAnswer,
    ReservationRelease,
    ReservationRequest,
    ReservationState,
    Shortage,
)
from tests.promises.orders.shelf import FakeStock
from tests.promises.orders.world import (
    FakeBook,
    FakeCarriers,
    FakeErp,
    FakeNotices,
    FakePayments,
    FakeWarehouse,
    World,
)

WORD = {"reason": "looked into it", "actor": "anna"}
RULES: dict[str, Any] = {
    "ship_within_hours": 72,
    "expedited_ship_within_hours": 24,
    "deliver_within_days": 14,
    "resource_rounds": 2,
    "look_before_release": True,
}


def rules(**changes: Any) -> FulfilmentPolicy:
    return FulfilmentPolicy(**RULES | changes)


@dataclass
class Stage(World):
    """Several nodes, the preferred first."""

    ships: bool = False
    rules: FulfilmentPolicy = field(default_factory=rules)
    shelves: dict[str, dict[str, int]] = field(
        default_factory=lambda: {"berlin": {"MUG": 10, "LAMP": 10}, "rotterdam": {"MUG": 10, "LAMP": 10}}
    )
    nodes: dict[str, NodeOutlook] = field(default_factory=dict)
    bad_lots: dict[str, str] = field(default_factory=dict)
    """By lot: why it must not go."""
    lots: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """By node and article: the lots in the order they are given; each has as many as are wanted."""
    stands: ReleaseState | PartnerError | None = None
    """What the warehouse answers when it is asked where a release stands; none: as it is."""
    unreachable: set[str] = field(default_factory=set)
    """Nodes that take no release."""
    booked: list[Booking] = field(default_factory=list)
    purchases: list[DropShipOrder] = field(default_factory=list)
    asked: list[ReleaseEnquiry] = field(default_factory=list)
    requests: list[ReservationRequest] = field(default_factory=list)

    def release(self, number: int = 0) -> Release:
        return self.released[number]

    async def until_released(self, count: int = 1) -> Release:
        await self.until(lambda: len(self.released) >= count)
        return self.released[count - 1]

    def stock_at(self, node: str, sku: str = "MUG") -> int:
        return self.shelves[node].get(sku, 0)


class Shelves(FakeStock):
    """Reserves at the first node that has all of an article and that the order does not avoid."""

    world: Stage

    async def reserve(self, request: ReservationRequest) -> ReservationAnswer:
        if request.key in self.world.reserved:
            return ReservationAnswer(granted=True, allocations=self._allocations(request.key))
        self.world.requests.append(request)
        nodes = {need: self._node_for(need, request.demand) for need in request.needs}
        short = [need for need, node in nodes.items() if node is None]
        for need, node in nodes.items():
            if node is not None and not (short and self.world.together):
                self._put(request.key, need, node)
        self.world.journal.append(("reserve", request.key))
        remedy = self.world.remedies or _a_person
        return ReservationAnswer(
            granted=not short,
            allocations=self._allocations(request.key),
            shortages=tuple(Shortage(sku=need.sku, wanted=need.quantity, available=0) for need in short),
            remedies=tuple(remedy(need) for need in short),
            together=bool(short) and self.world.together,
        )

    async def backorder(self, request: BackorderRequest) -> BackorderAnswer:
        self.world.backorders[request.key] = request
        return BackorderAnswer(state=ReservationState.PENDING)

    async def release(self, release: ReservationRelease) -> None:
        self.world.backorders.pop(release.reservation_key, None)
        held = self.world.reserved.get(release.reservation_key, {})
        if not release.items:
            for (_, sku, node), quantity in held.items():
                self.world.shelves[node][sku] += quantity
            self.world.reserved.pop(release.reservation_key, None)
            return
        self.world.freed.append(release)
        for item in release.items:
            place = next(key for key in held if key[:2] == (item.line_id, item.sku) and item.node in {None, key[2]})
            held[place] -= item.quantity
            self.world.shelves[place[2]][item.sku] += item.quantity

    async def outlook(self, check: ReleaseCheck) -> ReleaseOutlook:
        names = {allocation.node for allocation in check.allocations}
        waves = {rule.nodes[0] for rule in check.waves}
        found = [self.world.nodes.get(name, NodeOutlook(node=name)) for name in sorted(names)]
        return ReleaseOutlook(
            nodes=tuple(node if node.node in waves else node.model_copy(update={"wave_at": None}) for node in found),
            bad_lots=tuple(
                BadLot(allocation=allocation, reason=self.world.bad_lots[allocation.lot])
                for allocation in check.allocations
                if allocation.lot in self.world.bad_lots
            ),
        )

    async def balances(self, skus: tuple[str, ...]) -> tuple[Balance, ...]:
        return tuple(
            Balance(sku=sku, node=node, on_hand=shelf.get(sku, 0))
            for node, shelf in self.world.shelves.items()
            for sku in skus
        )

    def come(self, key: str, node: str) -> tuple[Allocation, ...]:
        """What is waited for under a key has come to a node."""
        for need in self.world.backorders.pop(key).needs:
            shelf = self.world.shelves.setdefault(node, {})
            shelf[need.sku] = shelf.get(need.sku, 0) + need.quantity
            self._put(key, need, node)
        return self._allocations(key)

    def _node_for(self, need: Need, demand: Demand) -> str | None:
        there = (name for name, shelf in self.world.shelves.items() if shelf.get(need.sku, 0) >= need.quantity)
        may = (name for name in there if name not in demand.avoid_nodes and demand.only_at in {None, name})
        return next((name for name in may if not self._down(name)), None)

    def _down(self, name: str) -> bool:
        return name in self.world.nodes and self.world.nodes[name].down is not None

    def _put(self, key: str, need: Need, node: str) -> None:
        self.world.shelves[node][need.sku] -= need.quantity
        held = self.world.reserved.setdefault(key, {})
        held[need.line_id, need.sku, node] = held.get((need.line_id, need.sku, node), 0) + need.quantity

    def _allocations(self, key: str) -> tuple[Allocation, ...]:
        return tuple(
            Allocation(line_id=line, sku=sku, quantity=quantity, node=node, lot=self._lot(node, sku))
            for (line, sku, node), quantity in self.world.reserved.get(key, {}).items()
            if quantity
        )

    def _lot(self, node: str, sku: str) -> str:
        lots = self.world.lots.get((node, sku), [""])
        return next((lot for lot in lots if lot not in self.world.bad_lots or len(lots) == 1), lots[0])


class Warehouses(FakeWarehouse):
    """Says where a release stands as the story has it."""

    world: Stage

    async def release(self, release: Release) -> Done:
        if release.node in self.world.unreachable:
            raise Unavailable("wms", "no answer", retry_after_s=600)
        return await super().release(release)

    async def status(self, enquiry: ReleaseEnquiry) -> ReleaseStanding:
        self.world.asked.append(enquiry)
        if isinstance(self.world.stands, PartnerError):
            raise self.world.stands
        if self.world.stands is not None:
            return ReleaseStanding(state=self.world.stands)
        return await super().status(enquiry)


class Erp(FakeErp):
    """Takes credit memos, and remembers what was bought for customers."""

    world: Stage

    async def order_drop_ship(self, order: DropShipOrder) -> Done:
        self.world.purchases.append(order)
        return await super().order_drop_ship(order)

    async def credit_memo(self, memo: CreditMemo) -> Done:
        return await self.world.effect("credit_memo", memo.key, lambda: Done(reference="CM-1"))


class Carriers(FakeCarriers):
    """Remembers what was booked."""

    world: Stage

    async def book(self, booking: Booking) -> Label:
        self.world.booked.append(booking)
        return await super().book(booking)


class Book(FakeBook):
    """Judges by the stage's rules of fulfilment."""

    world: Stage

    async def assess(self, request: AssessmentRequest) -> Assessment:
        assessed = await super().assess(request)
        return assessed.model_copy(update={"fulfilment": self.world.rules, "goes_together": self.world.together})


def ports(world: Stage) -> dict[str, Any]:
    return {
        "erp": Erp(world),
        "warehouse": Warehouses(world),
        "payments": FakePayments(world),
        "carriers": Carriers(world),
        "notices": FakeNotices(world),
        "stock": Shelves(world),
        "book": Book(world),
    }


def _a_person(need: Need) -> Remedy:
    return Remedy(line_id=need.line_id, kind=RemedyKind.HOLD, needs=(need,), reason=f"no {need.sku} anywhere")


_EVENTS: defaultdict[str, int] = defaultdict(int)


def about(release: Release, name: str) -> dict[str, Any]:
    _EVENTS[release.order_id] += 1
    event_id = f"{name}/{release.order_id}/{_EVENTS[release.order_id]}"
    return {"event_id": event_id, "order_id": release.order_id, "occurred_at": datetime.now(UTC)}


def not_found(release: Release, quantity: int = 1, line: int = 0) -> PartnerEvent:
    missing = release.lines[line]
    lines = (PickedLine(line_id=missing.line_id, sku=missing.sku, quantity=quantity),)
    return PickedShort(**about(release, "short"), release_key=release.key, lines=lines)


def turned_down(release: Release) -> PartnerEvent:
    return ReleaseRejected(**about(release, "rejected"), release_key=release.key, reason="no hands today")


def acknowledged(release: Release) -> PartnerEvent:
    return ReleaseAcknowledged(**about(release, "acknowledged"), release_key=release.key)


def to_site(**wanted: Any) -> dict[str, Any]:
    return {"fulfilment": FulfilmentRequest(**wanted)}
