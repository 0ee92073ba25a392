"""Whatever lies on the shelves and whatever the rules say, the terms add up to the numbers, and sourcing agrees."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from models.policy.stock.promising.availability import availability
from models.policy.stock.rules import (
    AvailabilityRules,
    ChannelRule,
    ExpiryRule,
    SafetyRule,
    SourcingRules,
    SpikeRule,
    StoreRiskRule,
)
from models.policy.stock.sourcing.shelves import Stock
from models.stock.availability import AvailabilityQuestion
from models.stock.demand import Demand
from models.stock.lots import LotStatus
from models.stock.nodes import Node, NodeKind
from models.stock.picture import Picture, RingFence, Shelf
from models.stock.quantities import PROMISED, SET_ASIDE, Balance
from tests.promises.availability.pictures import NOW, supply

NAMES = ("a", "b", "c")
FEW = st.integers(0, 30)
HOLDERS = ("channel:b2b", "class:dealer", "channel:shopify")


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """Three nodes of any kind, some lots, fences that fit into them, some supply, a queue."""
    kinds = st.sampled_from([NodeKind.WAREHOUSE, NodeKind.STORE, NodeKind.SUPPLIER])
    nodes = tuple(Node(name=name, kind=draw(kinds), active=draw(st.integers(0, 9)) > 0) for name in NAMES)
    shelves, fences = [], []
    for name in NAMES:
        for lot in draw(st.sets(st.sampled_from(["", "L1", "L2"]))):
            states = {state.value: draw(FEW) for state in (*PROMISED, *SET_ASIDE)}
            held = draw(st.dictionaries(st.sampled_from(HOLDERS), FEW))
            fences += [RingFence(sku="MUG", node=name, lot=lot, holder=who, quantity=n) for who, n in held.items()]
            states["channel_reserved"] = sum(held.values())
            balance = Balance(sku="MUG", node=name, lot=lot, on_hand=sum(states.values()) + draw(FEW), **states)
            expires = draw(st.none() | st.integers(-3, 40).map(lambda days: NOW.date() + timedelta(days=days)))
            shelves.append(Shelf(balance=balance, expires_on=expires, lot_status=draw(st.sampled_from(LotStatus))))
    supplies = tuple(
        supply(draw(st.integers(1, 50)), days=draw(st.none() | st.integers(-3, 20)), number=f"PO-{number}", node=node)
        for number, node in enumerate(draw(st.lists(st.sampled_from(NAMES), max_size=3)))
    )
    return Picture(
        at=NOW,
        nodes=nodes,
        shelves=tuple(shelves),
        fences=tuple(fences),
        supplies=supplies,
        waiting={"MUG": draw(FEW)},
    )


def rules() -> st.SearchStrategy[AvailabilityRules]:
    percent = st.integers(0, 100)
    channel = st.builds(
        ChannelRule,
        buffer_units=FEW,
        buffer_percent=percent,
        share_percent=percent,
        most=st.none() | FEW,
        sells_expected=st.booleans(),
    )
    return st.builds(
        AvailabilityRules,
        safety=st.tuples(st.builds(SafetyRule, units=FEW, percent=percent)),
        expiry=st.tuples(st.builds(ExpiryRule, days=st.integers(0, 20))),
        store_risk=st.tuples(st.builds(StoreRiskRule, cover_days=st.integers(0, 9))),
        spikes=st.tuples(st.builds(SpikeRule, share_percent=percent)),
        channels=st.dictionaries(st.just("b2b"), channel),
    )


QUESTIONS = st.builds(
    AvailabilityQuestion,
    sku=st.just("MUG"),
    channel=st.none() | st.just("b2b"),
    customer_class=st.none() | st.just("dealer"),
    node=st.none() | st.sampled_from(NAMES),
    at=st.none() | st.integers(0, 20).map(lambda days: NOW + timedelta(days=days)),
)
SALES = st.dictionaries(st.sampled_from(NAMES), st.floats(0, 5))


@given(pictures(), rules(), QUESTIONS, st.booleans(), SALES)
@settings(max_examples=300, deadline=None)
def test_the_terms_add_up_at_each_level(
    seen: Picture, by: AvailabilityRules, question: AvailabilityQuestion, spiking: Any, sales: dict[str, float]
) -> None:
    answer = availability(by, "2026-11-01", question, seen, spiking=spiking, daily_sales=sales)

    for node in answer.nodes:
        assert node.atp == sum(term.quantity for term in node.terms) >= 0
    assert answer.atp == sum(node.atp for node in answer.nodes)
    assert answer.ats == answer.atp + sum(term.quantity for term in answer.terms)
    assert 0 <= answer.ats <= answer.atp


@given(pictures(), rules(), st.none() | st.just("dealer"))
@settings(max_examples=300, deadline=None)
def test_what_is_shown_is_what_sourcing_would_take(
    seen: Picture, by: AvailabilityRules, customer_class: str | None
) -> None:
    plain = by.model_copy(update={"channels": {}})
    asked = AvailabilityQuestion(sku="MUG", channel="b2b", customer_class=customer_class)
    demand = Demand(channel="b2b", customer_class=customer_class)
    drop_ship = SourcingRules(drop_ship=("*",))

    answer = availability(plain, "2026-11-01", asked, seen, sourcing=drop_ship)

    # Those who wait are served first: sourcing leaves it at the nodes, the sum takes it off all together.
    alone = seen.model_copy(update={"waiting": {}})
    levels = Stock(plain, demand.holders, alone, ["MUG"]).levels
    assert {node.node: node.atp for node in answer.nodes if node.atp} == {
        node: of_sku["MUG"] for node, of_sku in levels.items() if of_sku["MUG"]
    }
