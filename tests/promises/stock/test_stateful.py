"""Whatever is asked in whatever order, the ledger agrees with a model of it that fits on a page."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from activities.adapters.store.database import Database
from activities.adapters.store.stock_audit import audit
from activities.adapters.store.stock_ledger import SqlStockLedger
from models.errors import Conflict
from models.stock import (
    Consumption,
    MovementKind,
    Need,
    ReservationAnswer,
    ReservationRelease,
    ReservationRequest,
    Shipped,
    StockCount,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine

ORDER = "order:b2b:1"
WORLDS = count()
skus = st.sampled_from(["cup", "pot"])
nodes = st.sampled_from(["north", "south"])
keys = st.sampled_from(["r1", "r2", "r3", "r4"])
few = st.integers(1, 6)
baskets = st.lists(st.tuples(st.sampled_from(["1", "2", "3"]), skus, few), min_size=1, max_size=3)


@dataclass
class Claim:
    """What the model knows of one reservation key."""

    wanted: Counter[tuple[str, str]] = field(default_factory=Counter)
    answer: ReservationAnswer | None = None
    open: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    released: bool = False


class Ledger(RuleBasedStateMachine):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.database = Database(address)
        self.ledger = SqlStockLedger(self.database)
        self.world = f"w{next(WORLDS)}-"
        self.documents = count()
        self.on_hand: Counter[tuple[str, str]] = Counter()
        self.claims: dict[str, Claim] = {}

    def teardown(self) -> None:
        self.ask(self.database.close())
        self.runner.close()

    def ask(self, work: Coroutine[object, object, object]) -> object:
        """Do it, and tell a conflict from an answer."""
        try:
            return self.runner.run(work)
        except Conflict as conflict:
            return conflict

    def reserved(self, sku: str, node: str) -> int:
        lines = (line for claim in self.claims.values() for line in claim.open.items())
        return sum(left for (_, of_sku, at_node), left in lines if (of_sku, at_node) == (sku, node))

    def available(self, sku: str) -> int:
        return sum(self.on_hand[sku, node] - self.reserved(sku, node) for node in ("north", "south"))

    @rule(sku=skus, node=nodes, quantity=st.integers(-4, 8), times=st.integers(1, 2))
    def counted(self, sku: str, node: str, quantity: int, times: int) -> None:
        key = f"{self.world}{next(self.documents)}"
        stock = StockCount(
            key=key, node=node, sku=self.world + sku, quantity=quantity, kind=MovementKind.ADJUSTMENT, reason="count"
        )
        fits = self.on_hand[sku, node] + quantity >= self.reserved(sku, node)
        for _ in range(times):
            assert isinstance(self.ask(self.ledger.count(stock)), Conflict) is not fits
        if fits:
            self.on_hand[sku, node] += quantity

    @rule(key=keys, basket=baskets)
    def reserve(self, key: str, basket: list[tuple[str, str, int]]) -> None:
        needs = tuple(Need(line_id=line, sku=self.world + sku, quantity=quantity) for line, sku, quantity in basket)
        request = ReservationRequest(key=self.world + key, order_id=ORDER, needs=needs)
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
            assert answer == claim.answer
        else:
            assert isinstance(answer, Conflict)

    def _granted(self, key: str, wanted: Counter[tuple[str, str]], answer: ReservationAnswer) -> None:
        claim = Claim(wanted=wanted, answer=answer)
        for one in answer.allocations:
            claim.open[one.line_id, one.sku.removeprefix(self.world), one.node] += one.quantity
        given: Counter[tuple[str, str]] = Counter()
        for (line, sku, _), quantity in claim.open.items():
            given[line, sku] += quantity
        assert given == wanted
        self.claims[key] = claim

    @rule(key=keys)
    def release(self, key: str) -> None:
        wanted = ReservationRelease(reservation_key=self.world + key, order_id=ORDER, reason="cancelled")
        assert self.ask(self.ledger.release(wanted)) is None
        claim = self.claims.setdefault(key, Claim())
        claim.released = claim.released or bool(claim.open) or claim.answer is None
        claim.open.clear()

    @precondition(lambda self: any(claim.answer for claim in self.claims.values()))
    @rule(data=st.data(), quantity=few, times=st.integers(1, 2))
    def ship(self, data: st.DataObject, quantity: int, times: int) -> None:
        granted = sorted(key for key, claim in self.claims.items() if claim.answer)
        key = data.draw(st.sampled_from(granted))
        claim = self.claims[key]
        assert claim.answer is not None
        one = data.draw(st.sampled_from(claim.answer.allocations))
        line, sku, node = one.line_id, one.sku.removeprefix(self.world), one.node
        shipment = Consumption(
            key=f"{self.world}{next(self.documents)}",
            reservation_key=self.world + key,
            order_id=ORDER,
            items=(Shipped(line_id=line, sku=one.sku, quantity=quantity, node=node),),
        )
        fits = not claim.released and claim.open[line, sku, node] >= quantity
        for _ in range(times):
            assert isinstance(self.ask(self.ledger.consume(shipment)), Conflict) is not fits
        if fits:
            claim.open[line, sku, node] -= quantity
            claim.open += Counter()
            self.on_hand[sku, node] -= quantity

    @invariant()
    def agrees_with_the_model(self) -> None:
        balances = self.runner.run(self.ledger.balances((self.world + "cup", self.world + "pot")))
        kept = {
            (one.sku.removeprefix(self.world), one.node): (one.on_hand, one.reserved, one.available)
            for one in balances
            if one.on_hand
        }
        model = {}
        for (sku, node), on_hand in self.on_hand.items():
            if on_hand:
                reserved = self.reserved(sku, node)
                model[sku, node] = (on_hand, reserved, on_hand - reserved)
        assert kept == model

    @invariant()
    def movements_add_up(self) -> None:
        for sku in ("cup", "pot"):
            assert self.runner.run(audit(self.database, self.world + sku)).is_right


QUICK = settings(max_examples=10, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(QUICK, max_examples=60, stateful_step_count=40)


def test_a_few_random_worlds_agree_with_the_model(database_url):
    run_state_machine_as_test(lambda: Ledger(database_url), settings=QUICK)


@pytest.mark.slow
def test_many_random_worlds_agree_with_the_model(database_url):
    run_state_machine_as_test(lambda: Ledger(database_url), settings=LONG)
