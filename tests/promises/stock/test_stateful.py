"""Whatever is asked in whatever order, the ledger agrees with a model of it that fits on a page."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from activities.adapters.store.database import Database
from activities.adapters.store.stock.books.audit import audit
from activities.adapters.store.stock.ledger import SqlStockLedger
from models.errors import Conflict, NotFound
from models.policy.book import PolicyBook
from models.policy.stock.rules import SourcingRules, StockRules
from models.settings import Settings
from models.stock.demand import Demand, Need
from models.stock.events import GoodsReceived, StockLine
from models.stock.reservation import (
    Consumption,
    Freed,
    ReservationAnswer,
    ReservationCommit,
    ReservationExtension,
    ReservationRelease,
    ReservationRequest,
    ReservationStanding,
    ReservationState,
    Shipped,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from models.stock.quantities import Balance

ORDER = "order:b2b:1"
WORLDS = count()
EVERY = 5
"""So many steps; a world's last one is among them."""
RULES = StockRules(sourcing=SourcingRules(partial=False, most_parcels=20))
POLICIES = PolicyBook([PolicyBook.load(Settings().policies).current.model_copy(update={"stock": RULES})])
HELD, COMMITTED = ReservationState.HELD, ReservationState.COMMITTED
skus = st.sampled_from(["cup", "pot"])
nodes = st.sampled_from(["north", "south"])
keys = st.sampled_from(["r1", "r2", "r3", "r4"])
few = st.integers(1, 6)
lines = st.sampled_from(["1", "2", "3"])
baskets = st.lists(st.tuples(lines, skus, few), min_size=1, max_size=3)
Spot = tuple[str, str, str]


@dataclass
class Claim:
    """What the model knows of one reservation key."""

    state: ReservationState
    wanted: Counter[tuple[str, str]] = field(default_factory=Counter)
    answer: ReservationAnswer | None = None
    open: Counter[Spot] = field(default_factory=Counter)
    until: datetime | None = None
    shipped: bool = False

    @property
    def is_live(self) -> bool:
        return self.state in {HELD, COMMITTED}

    def give_back(self, spots: Counter[Spot], end: ReservationState) -> None:
        self.open -= spots
        if self.is_live and not self.open:
            is_consumed = self.shipped and end is not ReservationState.EXPIRED
            self.state = ReservationState.CONSUMED if is_consumed else end


class Ledger(RuleBasedStateMachine):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.database = Database(address)
        self.now = datetime(2026, 11, 2, tzinfo=UTC)
        self.ledger = SqlStockLedger(self.database, POLICIES, lambda: self.now)
        self.world = f"w{next(WORLDS)}-"
        self.documents = count()
        self.looks = count()
        self.on_hand: Counter[tuple[str, str]] = Counter()
        self.claims: dict[str, Claim] = {}

    def teardown(self) -> None:
        self.ask(self.database.close())
        self.runner.close()

    def ask(self, work: Coroutine[object, object, object]) -> object:
        """Do it, and tell a conflict from an answer."""
        try:
            return self.runner.run(work)
        except (Conflict, NotFound) as refusal:
            return refusal

    def promised(self, sku: str, node: str, state: ReservationState) -> int:
        open_there = (claim.open for claim in self.claims.values() if claim.state is state)
        return sum(left for spots in open_there for spot, left in spots.items() if spot[1:] == (sku, node))

    def available(self, sku: str) -> int:
        return sum(
            self.on_hand[sku, node] - self.promised(sku, node, HELD) - self.promised(sku, node, COMMITTED)
            for node in ("north", "south")
        )

    def document(self) -> str:
        return f"{self.world}{next(self.documents)}"

    @rule(hours=st.integers(1, 30))
    def time_goes_by(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(sku=skus, node=nodes, quantity=st.integers(1, 8), times=st.integers(1, 2))
    def receive(self, sku: str, node: str, quantity: int, times: int) -> None:
        line = StockLine(sku=self.world + sku, quantity=quantity)
        event = GoodsReceived(event_id=self.document(), occurred_at=self.now, node=node, lines=(line,))
        for _ in range(times):
            self.ask(self.ledger.apply(event, source="wms"))
        self.on_hand[sku, node] += quantity

    @rule(key=keys, basket=baskets)
    def reserve(self, key: str, basket: list[tuple[str, str, int]]) -> None:
        needs = tuple(Need(line_id=line, sku=self.world + sku, quantity=quantity) for line, sku, quantity in basket)
        request = ReservationRequest(key=self.world + key, order_id=ORDER, needs=needs, demand=Demand(channel="b2b"))
        answer = self.ask(self.ledger.reserve(request))
        wanted: Counter[tuple[str, str]] = Counter()
        for line, sku, quantity in basket:
            wanted[line, sku] += quantity
        if key in self.claims:
            self._answered_again(self.claims[key], wanted, answer)
            return
        totals: Counter[str] = Counter()
        for (_, sku), quantity in wanted.items():
            totals[sku] += quantity
        assert isinstance(answer, ReservationAnswer)
        assert answer.granted is all(self.available(sku) >= quantity for sku, quantity in totals.items())
        if answer.granted:
            self._granted(key, wanted, answer)

    def _answered_again(self, claim: Claim, wanted: Counter[tuple[str, str]], answer: object) -> None:
        if claim.answer is not None and claim.wanted == wanted:
            assert isinstance(answer, ReservationAnswer)
            assert answer.allocations == claim.answer.allocations
        else:
            assert isinstance(answer, Conflict)

    def _granted(self, key: str, wanted: Counter[tuple[str, str]], answer: ReservationAnswer) -> None:
        claim = Claim(HELD, wanted, answer, until=self.now + timedelta(hours=48))
        for one in answer.allocations:
            claim.open[one.line_id, one.sku.removeprefix(self.world), one.node] += one.quantity
        given: Counter[tuple[str, str]] = Counter()
        for (line, sku, _), quantity in claim.open.items():
            given[line, sku] += quantity
        assert given == wanted
        assert answer.expires_at == claim.until
        self.claims[key] = claim

    @rule(key=keys, firm=st.booleans(), hours=st.integers(1, 72))
    def hold_longer_or_for_good(self, key: str, firm: bool, hours: int) -> None:  # noqa: FBT001 - hypothesis draws it
        named = {"reservation_key": self.world + key, "order_id": ORDER}
        until = self.now + timedelta(hours=hours)
        answer = self.ask(
            self.ledger.commit(ReservationCommit(**named))
            if firm
            else self.ledger.extend(ReservationExtension(**named, until=until))
        )
        claim = self.claims.get(key)
        if claim is None:
            assert isinstance(answer, NotFound)
            return
        if claim.state is HELD and claim.until is not None and self.now >= claim.until:
            claim.give_back(Counter(claim.open), ReservationState.EXPIRED)
        elif claim.state is HELD and firm:
            claim.state = COMMITTED
        elif claim.state is HELD and claim.until is not None:
            claim.until = max(claim.until, until)
        assert isinstance(answer, ReservationStanding)
        assert answer.state is claim.state
        assert sum(one.quantity for one in answer.allocations) == claim.open.total()

    @rule(key=keys)
    def release(self, key: str) -> None:
        wanted = ReservationRelease(reservation_key=self.world + key, order_id=ORDER, reason="cancelled")
        assert self.ask(self.ledger.release(wanted)) is None
        claim = self.claims.setdefault(key, Claim(ReservationState.RELEASED))
        claim.give_back(Counter(claim.open), ReservationState.RELEASED)

    @precondition(lambda self: any(claim.answer for claim in self.claims.values()))
    @rule(data=st.data(), quantity=few, times=st.integers(1, 2))
    def release_a_part(self, data: st.DataObject, quantity: int, times: int) -> None:
        key, (line, sku, _) = self._drawn(data)
        claim = self.claims[key]
        release = ReservationRelease(
            reservation_key=self.world + key,
            order_id=ORDER,
            reason="fewer",
            key=self.document(),
            items=(Freed(line_id=line, sku=self.world + sku, quantity=quantity),),
        )
        for _ in range(times):
            assert self.ask(self.ledger.release(release)) is None
        # The last in the order of the answer goes first; nothing is picked in this world.
        freed: Counter[Spot] = Counter()
        for spot in sorted((one for one in claim.open if one[:2] == (line, sku)), reverse=True):
            freed[spot] = min(claim.open[spot], quantity - freed.total())
        claim.give_back(freed, ReservationState.RELEASED)

    @precondition(lambda self: any(claim.answer for claim in self.claims.values()))
    @rule(data=st.data(), quantity=few, times=st.integers(1, 2))
    def ship(self, data: st.DataObject, quantity: int, times: int) -> None:
        key, (line, sku, node) = self._drawn(data)
        claim = self.claims[key]
        shipment = Consumption(
            key=self.document(),
            reservation_key=self.world + key,
            order_id=ORDER,
            items=(Shipped(line_id=line, sku=self.world + sku, quantity=quantity, node=node),),
        )
        fits = claim.is_live and claim.open[line, sku, node] >= quantity
        for _ in range(times):
            assert isinstance(self.ask(self.ledger.consume(shipment)), Conflict) is not fits
        if fits:
            claim.shipped = True
            claim.give_back(Counter({(line, sku, node): quantity}), ReservationState.CONSUMED)
            self.on_hand[sku, node] -= quantity

    def _drawn(self, data: st.DataObject) -> tuple[str, Spot]:
        key = data.draw(st.sampled_from(sorted(key for key, claim in self.claims.items() if claim.answer)))
        answer = self.claims[key].answer
        assert answer is not None
        one = data.draw(st.sampled_from(answer.allocations))
        return key, (one.line_id, one.sku.removeprefix(self.world), one.node)

    @invariant()
    def agrees_with_the_model(self) -> None:
        found: tuple[Balance, ...] = self.runner.run(self.ledger.balances((self.world + "cup", self.world + "pot")))
        kept = {
            (one.sku.removeprefix(self.world), one.node): (one.on_hand, one.soft_reserved, one.allocated)
            for one in found
            if one.on_hand
        }
        assert kept == {
            (sku, node): (on_hand, self.promised(sku, node, HELD), self.promised(sku, node, COMMITTED))
            for (sku, node), on_hand in self.on_hand.items()
            if on_hand
        }

    @invariant()
    def movements_add_up(self) -> None:
        # What has drifted stays so; going through all the books after every step would take most of the time.
        if next(self.looks) % EVERY:
            return
        for sku in ("cup", "pot"):
            assert self.runner.run(audit(self.database, self.world + sku)).is_right


QUICK = settings(max_examples=10, stateful_step_count=15, suppress_health_check=list(HealthCheck))
LONG = settings(QUICK, max_examples=12, stateful_step_count=40)


@pytest.mark.slow
def test_a_few_random_worlds_agree_with_the_model(database_url):
    run_state_machine_as_test(lambda: Ledger(database_url), settings=QUICK)


@pytest.mark.slow
def test_many_random_worlds_agree_with_the_model(database_url):
    run_state_machine_as_test(lambda: Ledger(database_url), settings=LONG)
