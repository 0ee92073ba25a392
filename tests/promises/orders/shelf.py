"""One node's shelf, exact and in memory: reservations, a queue, and what policy says about what is short."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from models.errors import NotFound
from models.stock.backorders import BackorderAnswer, BackorderRequest
from models.stock.events import StockEvent, StockEventAnswer
from models.stock.outlook import NodeOutlook, ReleaseCheck, ReleaseOutlook
from models.stock.quantities import Balance
from models.stock.reservation import (
    Allocation,
    Consumption,
    ReservationAnswer,
    ReservationCommit,
    ReservationExtension,
    ReservationRelease,
    ReservationRequest,
    ReservationStanding,
    ReservationState,
    Shortage,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.stock.demand import Need
    from tests.promises.orders.world import World

NODE = "berlin"


class FakeStock:
    """`world.reserved` is by reservation key and (line, sku, node)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._consumed: set[str] = set()

    async def reserve(self, request: ReservationRequest) -> ReservationAnswer:
        if request.key in self.world.reserved:
            return self._granted(request.key)
        short = self._short(request.needs)
        if not short:
            self._take(request.key, request.needs)
            return self._granted(request.key)
        remedies = self.world.remedies
        if remedies is None:
            return ReservationAnswer(granted=False, shortages=tuple(short.values()))
        there = [need for need in request.needs if need.sku not in short]
        if there and not self.world.together:
            self._take(request.key, there)
        return ReservationAnswer(
            granted=False,
            allocations=self._allocations(request.key),
            shortages=tuple(short.values()),
            remedies=tuple(remedies(need) for need in request.needs if need.sku in short),
            together=self.world.together,
            senders=self.world.senders,
        )

    def _granted(self, key: str) -> ReservationAnswer:
        return ReservationAnswer(granted=True, allocations=self._allocations(key), senders=self.world.senders)

    async def backorder(self, request: BackorderRequest) -> BackorderAnswer:
        if not self._short(request.needs):
            self.fill(request)
            return BackorderAnswer(state=ReservationState.COMMITTED, allocations=self._allocations(request.key))
        self.world.backorders[request.key] = request
        return BackorderAnswer(
            state=ReservationState.PENDING, expected_at=self.world.supply_at, senders=self.world.senders
        )

    def fill(self, request: BackorderRequest) -> tuple[Allocation, ...]:
        self._take(request.key, request.needs)
        self.world.soft.discard(request.key)
        return self._allocations(request.key)

    async def extend(self, extension: ReservationExtension) -> ReservationStanding:
        self.world.kept_until[extension.reservation_key] = extension.until
        return ReservationStanding(state=ReservationState.HELD, expires_at=extension.until)

    async def commit(self, commit: ReservationCommit) -> ReservationStanding:
        if commit.reservation_key in self.world.lapsed:
            self._give_back(commit.reservation_key)
            return ReservationStanding(state=ReservationState.EXPIRED)
        self.world.soft.discard(commit.reservation_key)
        return ReservationStanding(state=ReservationState.COMMITTED)

    async def release(self, release: ReservationRelease) -> None:
        if self.world.own_refusals["release"]:
            raise self.world.own_refusals["release"].pop(0)
        waiting = self.world.backorders.pop(release.reservation_key, None)
        if release.items and waiting is not None:
            self._want_less(waiting, release)
            return
        if not release.items:
            self._give_back(release.reservation_key)
            return
        self.world.freed.append(release)
        held = self.world.reserved[release.reservation_key]
        for item in release.items:
            held[item.line_id, item.sku, NODE] -= item.quantity
            self.world.stock[item.sku] += item.quantity

    def _want_less(self, waiting: BackorderRequest, release: ReservationRelease) -> None:
        less = {(item.line_id, item.sku): item.quantity for item in release.items}
        wanted = [(need, need.quantity - less.get((need.line_id, need.sku), 0)) for need in waiting.needs]
        left = tuple(need.model_copy(update={"quantity": quantity}) for need, quantity in wanted if quantity)
        if left:
            self.world.backorders[waiting.key] = waiting.model_copy(update={"needs": left})

    async def consume(self, consumption: Consumption) -> None:
        if self.world.own_refusals["consume"]:
            raise self.world.own_refusals["consume"].pop(0)
        if consumption.key in self._consumed:
            return
        self._consumed.add(consumption.key)
        held = self.world.reserved[consumption.reservation_key]
        for item in consumption.items:
            held[item.line_id, item.sku, item.node] -= item.quantity

    async def consume_beyond(self, consumption: Consumption) -> None:
        self._consumed.add(consumption.key)
        self.world.journal.append(("beyond", consumption.key))

    async def outlook(self, check: ReleaseCheck) -> ReleaseOutlook:
        return ReleaseOutlook(nodes=tuple(NodeOutlook(node=each.node) for each in check.allocations))

    async def apply(self, event: StockEvent, *, source: str) -> StockEventAnswer:
        raise NotFound(f"orders do not tell of {event.type} (from {source})")

    async def balances(self, skus: tuple[str, ...]) -> tuple[Balance, ...]:
        return tuple(Balance(sku=sku, node=NODE, on_hand=self.world.stock.get(sku, 0)) for sku in skus)

    def _short(self, needs: Iterable[Need]) -> dict[str, Shortage]:
        wanted: Counter[str] = Counter()
        for need in needs:
            wanted[need.sku] += need.quantity
        stock = self.world.stock
        return {
            sku: Shortage(sku=sku, wanted=quantity, available=stock.get(sku, 0))
            for sku, quantity in wanted.items()
            if stock.get(sku, 0) < quantity
        }

    def _take(self, key: str, needs: Iterable[Need]) -> None:
        held = self.world.reserved.setdefault(key, {})
        for need in needs:
            self.world.stock[need.sku] -= need.quantity
            held[need.line_id, need.sku, NODE] = held.get((need.line_id, need.sku, NODE), 0) + need.quantity
        self.world.soft.add(key)
        self.world.journal.append(("reserve", key))

    def _give_back(self, key: str) -> None:
        for (_, sku, _), quantity in self.world.reserved.pop(key, {}).items():
            self.world.stock[sku] += quantity
        self.world.soft.discard(key)

    def _allocations(self, key: str) -> tuple[Allocation, ...]:
        return tuple(
            Allocation(line_id=line, sku=sku, quantity=quantity, node=node)
            for (line, sku, node), quantity in self.world.reserved.get(key, {}).items()
        )
