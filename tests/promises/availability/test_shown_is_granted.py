"""What is shown is what an order gets, to the unit: so many are granted, and not one more."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.order.document import Delivery
from models.policy.stock.promising.availability import availability
from models.policy.stock.rules import AvailabilityRules, SourcingRules, StockRules
from models.policy.stock.sourcing.sourcing import source
from models.stock.availability import AvailabilityQuestion
from models.stock.demand import Demand, Need
from models.stock.nodes import Node, NodeKind
from models.stock.picture import Picture
from tests.promises.availability.drawn import pictures, rules
from tests.promises.availability.pictures import picture, shelf

# What channels are shown less than there is, and counters keep, is meant to be less than an order could have.
PLAIN = rules().map(lambda drawn: drawn.model_copy(update={"channels": {}, "store_risk": (), "spikes": ()}))
ALL_OF_IT = SourcingRules(partial=False, most_parcels=20)
SOURCING = st.builds(
    lambda drop_ship, kinds: ALL_OF_IT.model_copy(update={"drop_ship": drop_ship, "node_kinds": kinds}),
    st.sampled_from([(), ("*",), ("CUP",)]),
    st.sampled_from([(NodeKind.WAREHOUSE, NodeKind.STORE), (NodeKind.WAREHOUSE,)]),
)
CLASSES = st.none() | st.just("dealer")


def shown(by: StockRules, seen: Picture, customer_class: str | None, node: str | None = None) -> int:
    asked = AvailabilityQuestion(sku="MUG", channel="b2b", customer_class=customer_class, node=node)
    return availability(by.availability, "2026-11-01", asked, seen, sourcing=by.sourcing).ats


def gets(by: StockRules, seen: Picture, demand: Demand, quantity: int) -> bool:
    need = Need(line_id="1", sku="MUG", quantity=quantity)
    planned = source(by, "2026-11-01", [need], demand, seen).planned
    return sum(one.allocation.quantity for one in planned) == quantity


@pytest.mark.slow
@given(pictures(), PLAIN, SOURCING, CLASSES)
@settings(max_examples=100)
def test_an_order_to_be_sent_gets_what_is_shown_and_not_one_more(
    seen: Picture, by: AvailabilityRules, sourcing: SourcingRules, customer_class: str | None
) -> None:
    stock = StockRules(availability=by, sourcing=sourcing)
    demand = Demand(channel="b2b", customer_class=customer_class)

    most = shown(stock, seen, customer_class)

    assert not most or gets(stock, seen, demand, most)
    assert not gets(stock, seen, demand, most + 1)


@pytest.mark.slow
@given(pictures(), PLAIN, SOURCING, CLASSES)
@settings(max_examples=100)
def test_whoever_collects_gets_what_is_shown_of_the_place_and_not_one_more(
    seen: Picture, by: AvailabilityRules, sourcing: SourcingRules, customer_class: str | None
) -> None:
    stock = StockRules(availability=by, sourcing=sourcing)
    for node in seen.nodes:
        demand = Demand(channel="b2b", customer_class=customer_class, delivery=Delivery.PICK_UP, pick_up_at=node.name)

        most = shown(stock, seen, customer_class, node.name)

        if node.collects and node.takes_orders and node.kind is not NodeKind.SUPPLIER:
            assert not most or gets(stock, seen, demand, most)
            assert not gets(stock, seen, demand, most + 1)


@pytest.mark.slow
@given(pictures(), PLAIN, SOURCING)
@settings(max_examples=60)
def test_what_the_nodes_show_one_by_one_is_what_can_be_sent_from_all_of_them(
    seen: Picture, by: AvailabilityRules, sourcing: SourcingRules
) -> None:
    stock = StockRules(availability=by, sourcing=sourcing)
    sending = [node.name for node in seen.nodes if not node.collects]
    if len(sending) == len(seen.nodes):
        assert sum(shown(stock, seen, None, name) for name in sending) == shown(stock, seen, None)


def test_who_waits_is_served_where_customers_only_collect_and_nowhere_else_is_less_shown_for_it() -> None:
    nodes = tuple(Node(name=name, lanes=(), collects=True) for name in ("a", "b"))
    seen = picture(shelf(2, node="a"), shelf(1, node="b"), nodes=nodes, waiting={"MUG": 1})
    stock = StockRules(sourcing=ALL_OF_IT)

    assert [shown(stock, seen, None, node.name) for node in nodes] == [1, 1]
    assert shown(stock, seen, None) == 0
    for node in nodes:
        demand = Demand(channel="b2b", delivery=Delivery.PICK_UP, pick_up_at=node.name)
        assert gets(stock, seen, demand, 1)
        assert not gets(stock, seen, demand, 2)
