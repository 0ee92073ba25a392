"""Whatever lies on the shelves: never more than there is, whole lines only, and the same answer in any order."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.order.document import ServiceLevel
from models.policy.stock.rules import (
    AvailabilityRules,
    ExpiryRule,
    Fallback,
    SafetyRule,
    ShortageRule,
    ShortageRules,
    SourcingRules,
    StockRules,
    SubstituteRule,
)
from models.policy.stock.sourcing.plan import Sourced
from models.policy.stock.sourcing.shelves import sellable
from models.policy.stock.sourcing.sourcing import source
from models.stock.demand import Demand, Need
from models.stock.lots import LotStatus
from models.stock.nodes import Lane, Node, NodeKind, NodeLoad
from models.stock.picture import Picture, RingFence, Shelf
from models.stock.quantities import Balance
from tests.promises.sourcing.pictures import TUESDAY, day, supply

pytestmark = pytest.mark.slow

NAMES = ("n1", "n2", "n3", "n4")
SKUS = ("A", "B", "C")
SMALL = st.integers(0, 6)


class World(NamedTuple):
    rules: StockRules
    needs: list[Need]
    demand: Demand
    picture: Picture

    def sourced(self) -> Sourced:
        return source(self.rules, "v", self.needs, self.demand, self.picture)


@st.composite
def nodes(draw: st.DrawFn, name: str) -> Node:
    return Node(
        name=name,
        kind=draw(st.sampled_from(NodeKind)),
        priority=draw(st.integers(1, 2)),
        active=draw(st.sampled_from([True, True, True, False])),
        capacity=draw(st.sampled_from([None, 0, 5])),
        lanes=draw(st.sampled_from([(Lane(),), (Lane(cost=100),), (Lane(country="FR"),)])),
    )


@st.composite
def shelves(draw: st.DrawFn, sku: str, name: str, lot: str) -> Shelf:
    levels = {state: draw(st.integers(0, 2)) for state in ("soft_reserved", "damaged", "channel_reserved")}
    balance = Balance(sku=sku, node=name, lot=lot, on_hand=sum(levels.values()) + draw(SMALL), **levels)
    return Shelf(
        balance=balance,
        expires_on=draw(st.sampled_from([None, day(-1), day(3), day(40)])),
        lot_status=draw(st.sampled_from([LotStatus.RELEASED, LotStatus.RELEASED, LotStatus.RECALLED])),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    spots = draw(
        st.lists(st.tuples(st.sampled_from(SKUS), st.sampled_from(NAMES), st.sampled_from(["", "x"])), unique=True)
    )
    found = [draw(shelves(*spot)) for spot in spots]
    holders = st.sampled_from(["channel:shopify", "channel:amazon"])
    picture = Picture(
        at=TUESDAY,
        nodes=tuple(draw(nodes(name)) for name in NAMES),
        shelves=tuple(found),
        fences=tuple(
            RingFence(
                sku=one.balance.sku,
                node=one.balance.node,
                lot=one.balance.lot,
                holder=draw(holders),
                quantity=one.balance.channel_reserved,
            )
            for one in found
        ),
        supplies=(supply("n1", 9, 4, sku="A"),),
        loads=(NodeLoad(node="n1", orders=draw(SMALL)),),
    )
    wanted = draw(
        st.lists(st.tuples(st.sampled_from("123"), st.sampled_from(SKUS), st.integers(1, 8)), min_size=1, max_size=5)
    )
    rules = StockRules(
        availability=AvailabilityRules(
            safety=(SafetyRule(units=draw(SMALL), percent=draw(st.sampled_from([0, 30]))),),
            expiry=(ExpiryRule(days=draw(st.sampled_from([0, 10]))),),
        ),
        sourcing=SourcingRules(
            drop_ship=draw(st.sampled_from([(), ("*",), ("A",)])),
            most_parcels=draw(st.integers(1, 4)),
            split_lines=draw(st.booleans()),
            partial=draw(st.booleans()),
        ),
        shortage=ShortageRules(
            rules=(ShortageRule(fallbacks=tuple(draw(st.permutations(list(Fallback))))),),
            substitutes=(SubstituteRule(sku="A", instead=("B", "C")),),
        ),
    )
    demand = Demand(
        channel="shopify",
        country="DE",
        service_level=draw(st.sampled_from(ServiceLevel)),
        ship_together=draw(st.booleans()),
    )
    return World(rules, [Need(line_id=line, sku=sku, quantity=n) for line, sku, n in wanted], demand, picture)


@settings(max_examples=120)
@given(world=worlds())
def test_no_more_is_planned_than_is_there_above_the_floor_and_in_the_own_fence(world: World):
    drawn: Counter[tuple[str, str, str]] = Counter()
    fenced: Counter[tuple[str, str, str]] = Counter()
    floors: dict[tuple[str, str, str], int] = {}
    for one in world.sourced().planned:
        spot = (one.allocation.sku, one.allocation.node, one.allocation.lot)
        drawn[spot] += one.allocation.quantity - one.fenced
        fenced[spot] += one.fenced
        floors[spot] = one.floor
        assert (one.holder == "channel:shopify") if one.fenced else one.holder is None
    shelf_at = {(one.balance.sku, one.balance.node, one.balance.lot): one for one in world.picture.shelves}
    own = {
        (one.sku, one.node, one.lot): one.quantity for one in world.picture.fences if one.holder == "channel:shopify"
    }
    days = world.rules.availability.expiry[0].days
    for spot, free in drawn.items():
        shelf = shelf_at[spot]
        assert sellable(shelf, TUESDAY.date(), days)
        assert shelf.balance.available - free >= floors[spot]
        assert fenced[spot] <= own.get(spot, 0)


@settings(max_examples=120)
@given(world=worlds())
def test_every_nodes_safety_stock_is_left(world: World):
    answer = world.sourced()
    rule = world.rules.availability.safety[0]
    days = world.rules.availability.expiry[0].days
    for node in {one.allocation.node for one in answer.planned}:
        for sku in SKUS:
            lots = [one for one in world.picture.shelves if (one.balance.sku, one.balance.node) == (sku, node)]
            on_hand = sum(one.balance.on_hand for one in lots)
            kept = max(rule.units, -(-on_hand * rule.percent // 100))
            free = sum(one.balance.available for one in lots if sellable(one, TUESDAY.date(), days))
            taken = sum(
                one.allocation.quantity - one.fenced
                for one in answer.planned
                if (one.allocation.sku, one.allocation.node) == (sku, node)
            )
            assert not taken or free - taken >= kept


@settings(max_examples=120)
@given(world=worlds())
def test_what_is_planned_is_exactly_the_needs_of_whole_lines(world: World):
    answer = world.sourced()
    planned: Counter[tuple[str, str]] = Counter()
    for one in answer.planned:
        planned[one.allocation.line_id, one.allocation.sku] += one.allocation.quantity
    lines = {line for line, _ in planned}
    wanted: Counter[tuple[str, str]] = Counter()
    for need in world.needs:
        wanted[need.line_id, need.sku] += need.quantity
    assert planned == {spot: units for spot, units in wanted.items() if spot[0] in lines}
    every = {need.line_id for need in world.needs}
    in_parts = world.rules.sourcing.partial and not world.demand.ship_together
    remedied = [one.line_id for one in answer.remedies]
    assert len(remedied) == len(set(remedied))
    assert lines.isdisjoint(remedied)
    assert bool(answer.shortages) == bool(answer.remedies)
    if in_parts or not answer.shortages:
        assert lines | set(remedied) == every
    else:
        assert not lines
    for short in answer.shortages:
        assert short.available < short.wanted


@settings(max_examples=120)
@given(world=worlds())
def test_no_more_parcels_and_no_more_split_lines_than_policy_allows(world: World):
    answer = world.sourced()
    used = {one.allocation.node for one in answer.planned}
    assert len(used) <= (1 if world.demand.ship_together else world.rules.sourcing.most_parcels)
    if not world.rules.sourcing.split_lines:
        for line in {one.allocation.line_id for one in answer.planned}:
            assert len({one.allocation.node for one in answer.planned if one.allocation.line_id == line}) == 1


@settings(max_examples=120)
@given(world=worlds(), data=st.data())
def test_the_order_in_which_nodes_and_shelves_stand_changes_nothing(world: World, data: st.DataObject):
    shuffled = world.picture.model_copy(
        update={
            name: tuple(data.draw(st.permutations(getattr(world.picture, name))))
            for name in ("nodes", "shelves", "fences")
        }
    )
    assert world._replace(picture=shuffled).sourced() == world.sourced()


@settings(max_examples=120)
@given(world=worlds())
def test_an_allocation_is_named_once(world: World):
    """The ledger keeps one row for a line, an article, a node and a lot."""
    spots = [
        (one.allocation.line_id, one.allocation.sku, one.allocation.node, one.allocation.lot)
        for one in world.sourced().planned
    ]
    assert len(spots) == len(set(spots))


@settings(max_examples=120)
@given(world=worlds())
def test_a_pair_of_nodes_is_found_wherever_one_exists(world: World):
    """Checked against all pairs."""
    plain = SourcingRules(most_parcels=2, node_kinds=tuple(NodeKind)[:3])
    rules = world.rules.model_copy(update={"sourcing": plain})
    own = world.picture.model_copy(
        update={"nodes": tuple(one.model_copy(update={"kind": NodeKind.WAREHOUSE}) for one in world.picture.nodes)}
    )
    demand = world.demand.model_copy(update={"ship_together": False})
    answer = source(rules, "v", world.needs, demand, own)
    if not answer.shortages:
        return
    for first in NAMES:
        for second in NAMES:
            pair = own.model_copy(update={"nodes": tuple(one for one in own.nodes if one.name in {first, second})})
            assert source(rules, "v", world.needs, demand, pair).shortages
