"""Our stock ledger in memory: sourcing, queue and life of a reservation as in the real one, and no database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from models.errors import Conflict
from models.policy.promises.sending import likely_senders, senders
from models.policy.releasing import outlook
from models.policy.stock.queueing import order_of_service, serve
from models.policy.stock.sourcing.sourcing import source
from models.stock import life, spreading
from models.stock.backorders import Backorder, BackorderAnswer
from models.stock.events import GoodsCleared, GoodsReturned, GoodsScrapped, GoodsSetAside, StockEventAnswer
from models.stock.life import Claim
from models.stock.quantities import Balance, StockState
from models.stock.reservation import ReservationAnswer, ReservationStanding, ReservationState
from ops.proof.lives.world.balances import Books, Kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from models.policy.policy_set import PolicySet
    from models.policy.stock.sourcing.plan import Planned
    from models.promises.sender import Sender
    from models.stock.backorders import BackorderRequest
    from models.stock.demand import Demand
    from models.stock.events import StockEvent
    from models.stock.nodes import Node
    from models.stock.outlook import ReleaseCheck, ReleaseOutlook
    from models.stock.reservation import (
        Consumption,
        Freed,
        ReservationCommit,
        ReservationExtension,
        ReservationRelease,
        ReservationRequest,
    )
    from ops.proof.lives.world.balances import Spot

_PASSING = frozenset({ReservationState.PENDING, ReservationState.HELD})


class Ledger(Books):
    """The ledger's port over these books."""

    def __init__(self, policies: PolicySet, nodes: tuple[Node, ...], now: Callable[[], datetime]) -> None:
        """Begin with empty shelves."""
        super().__init__(nodes, now)
        self._policies = policies
        self.filled: Callable[[Kept], None] = lambda _kept: None
        """Told of each backorder that was filled."""

    def receive(self, spot: Spot, quantity: int, expires_on: date | None = None) -> None:
        """Goods have come; whoever waits for them is served."""
        self.expires[spot[0], spot[2]] = expires_on
        self.shift(spot, StockState.ON_HAND, quantity)
        self.serve()
        self.changed()

    # --- the ledger's port --------------------------------------------------------------------------------------------

    async def reserve(self, request: ReservationRequest) -> ReservationAnswer:
        """Source and reserve; the same key gets its first answer."""
        known = self.kept.get(request.key)
        if known is not None:
            if known.answer is None:
                raise Conflict("reservation_released", f"{request.key} was released before it was granted")
            return known.answer
        stock = self._policies.stock
        seen = self.picture()
        sourced = source(stock, self._policies.version, request.needs, request.demand, seen)
        expires_at = self._now() + timedelta(hours=stock.sourcing.soft_hours)
        granted = not sourced.shortages
        answer = ReservationAnswer(
            granted=granted,
            allocations=tuple(one.allocation for one in sourced.planned),
            shortages=sourced.shortages,
            remedies=sourced.remedies,
            expires_at=expires_at,
            decision=sourced.decision,
            senders=self._senders(request.demand, sourced.planned, all_of_it=granted),
        )
        if sourced.planned:
            kept = Kept(request.key, request.order_id, Claim(ReservationState.HELD, ()), request.needs, answer=answer)
            self.grant(kept, answer.allocations, expires_at)
        return answer

    async def backorder(self, request: BackorderRequest) -> BackorderAnswer:
        """Take a place in the queue."""
        kept = self.kept.get(request.key)
        if kept is None:
            claim = Claim(ReservationState.PENDING, (), request.deadline)
            kept = Kept(request.key, request.order_id, claim, request.needs, request.demand, self._now())
            self.kept[request.key] = kept
            self.serve(tell=False)
        waits = kept.claim.state is ReservationState.PENDING
        may = likely_senders(self._policies.stock.sourcing, request.demand, self._nodes, self._now())
        sending = may if waits else self.senders_of(kept)
        return BackorderAnswer(state=kept.claim.state, allocations=kept.allocations, senders=sending)

    async def outlook(self, check: ReleaseCheck) -> ReleaseOutlook:
        """Look at nodes and lots once more."""
        return outlook(check, self._nodes, self.picture().shelves, self._now())

    async def extend(self, extension: ReservationExtension) -> ReservationStanding:
        """Hold it longer."""
        kept = self._due(extension.reservation_key)
        self.write(kept, life.extend(kept.claim, extension.until))
        return ReservationStanding(state=kept.claim.state, expires_at=kept.claim.expires_at)

    async def commit(self, commit: ReservationCommit) -> ReservationStanding:
        """Make it firm, if its time has not run out."""
        kept = self._due(commit.reservation_key)
        self.write(kept, life.commit(kept.claim))
        return ReservationStanding(state=kept.claim.state, allocations=kept.allocations)

    async def release(self, release: ReservationRelease) -> None:
        """Give back all of it, or some."""
        kept = self.kept.get(release.reservation_key)
        if kept is None:
            closed = Claim(ReservationState.RELEASED, ())
            self.kept[release.reservation_key] = Kept(release.reservation_key, release.order_id, closed)
            return
        if not release.items:
            self.write(kept, life.release(kept.claim))
        elif not self.once(release.key or ""):
            return
        elif kept.claim.state is ReservationState.PENDING:
            self._want_less(kept, release.items)
        else:
            self.write(kept, life.release_part(kept.claim, spreading.freed_places(kept.claim, release.items)))
        self.serve()

    def _want_less(self, kept: Kept, items: tuple[Freed, ...]) -> None:
        less = {(item.line_id, item.sku): item.quantity for item in items}
        wanted = [(need, need.quantity - less.get((need.line_id, need.sku), 0)) for need in kept.needs]
        kept.needs = tuple(need.model_copy(update={"quantity": rest}) for need, rest in wanted if rest > 0)
        if not kept.needs:
            self.write(kept, life.release(kept.claim))

    def _senders(self, demand: Demand, planned: tuple[Planned, ...], *, all_of_it: bool) -> tuple[Sender, ...]:
        known = senders(demand, self._nodes, (one.allocation for one in planned), self._now())
        if all_of_it:
            return known
        may = likely_senders(self._policies.stock.sourcing, demand, self._nodes, self._now())
        return known + tuple(one for one in may if one not in known)

    def senders_of(self, kept: Kept) -> tuple[Sender, ...]:
        """The nodes that send what is promised under a reservation."""
        if kept.demand is None:
            return ()
        return senders(kept.demand, self._nodes, kept.allocations, self._now())

    async def consume(self, consumption: Consumption) -> None:
        """Take what was shipped out of the reservation and off the shelf."""
        if consumption.key in self._documents:
            return
        kept = self.kept[consumption.reservation_key]
        self.take_within(kept, consumption, *consumption.items)
        self._documents.add(consumption.key)

    async def consume_beyond(self, consumption: Consumption) -> None:
        """Take it off the shelf though less was reserved: from others, where nothing else is left."""
        if not self.once(consumption.key):
            return
        kept = self.kept.get(consumption.reservation_key)
        for item in consumption.items:
            within = self.within(kept, item) if kept is not None else 0
            if kept is not None and within:
                part = item.model_copy(update={"quantity": within})
                self.take_within(kept, consumption, part)
            if item.quantity > within:
                self.take_beyond(consumption, item.model_copy(update={"quantity": item.quantity - within}))
        self.changed()

    async def apply(self, event: StockEvent, *, source: str) -> StockEventAnswer:
        """Write what came back, and where it went."""
        if not self.once(f"{source}/{event.event_id}"):
            return StockEventAnswer(event_id=event.event_id, repeated=True)
        for line in getattr(event, "lines", ()):
            spot = (line.sku, getattr(event, "node", ""), line.lot)
            match event:
                case GoodsReturned(state=state):
                    self.shift(spot, StockState.ON_HAND, line.quantity)
                    self.shift(spot, state, line.quantity)
                case GoodsCleared(state=state):
                    self.shift(spot, state, -line.quantity)
                case GoodsSetAside(state=state, from_state=before):
                    self.shift(spot, state, line.quantity)
                    self.shift(spot, before, -line.quantity)
                case GoodsScrapped(state=state):
                    self.shift(spot, StockState.ON_HAND, -line.quantity)
                    self.shift(spot, state, -line.quantity)
                    self.scrapped(spot, line.quantity)
                case _:
                    raise AssertionError(f"no return tells of {event.type}")
        self.serve()
        self.changed()
        return StockEventAnswer(event_id=event.event_id, repeated=False)

    async def balances(self, skus: tuple[str, ...]) -> tuple[Balance, ...]:
        """What each node has of these articles."""
        return tuple(shelf.balance for shelf in self.picture().shelves if shelf.balance.sku in skus)

    # --- as time goes by ----------------------------------------------------------------------------------------------

    def sweep(self) -> list[Kept]:
        """Let go of what is held, or waits, beyond its time; answers the backorders among them."""
        due: list[Kept] = []
        now = self._now()
        late = [
            kept for kept in self.kept.values() if kept.claim.expires_at is not None and kept.claim.expires_at <= now
        ]
        if not any(kept.claim.state in _PASSING for kept in late):
            return due
        for kept in late:
            before = kept.claim.state
            self.write(kept, life.expire(kept.claim, now))
            if before is ReservationState.PENDING and kept.claim.state is ReservationState.EXPIRED:
                due.append(kept)
        self.serve()
        return due

    def serve(self, *, tell: bool = True) -> None:
        """Serve those who wait, in policy's order."""
        waiting = [kept for kept in self.kept.values() if kept.claim.state is ReservationState.PENDING]
        if not waiting:
            return
        queue = order_of_service(
            _waits(kept, kept.demand, kept.since) for kept in waiting if kept.demand and kept.since
        )
        policies = {kept.key: self._policies for kept in waiting}
        for backorder, planned in serve(queue, self.picture(), policies):
            if planned:
                kept = self.kept[backorder.key]
                self.grant(kept, (one.allocation for one in planned), None)
                self.write(kept, life.commit(kept.claim))
                if tell:
                    self.filled(kept)

    def _due(self, key: str) -> Kept:
        kept = self.kept[key]
        self.write(kept, life.expire(kept.claim, self._now()))
        return kept


def _waits(kept: Kept, demand: Demand, since: datetime) -> Backorder:
    return Backorder.model_construct(
        key=kept.key,
        order_id=kept.order_id,
        needs=kept.needs,
        demand=demand,
        state=kept.claim.state,
        since=since,
        deadline=kept.claim.expires_at,
    )
