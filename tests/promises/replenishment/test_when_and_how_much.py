"""An article is ordered when its position falls to the threshold, so many that they last, and once for one cause."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy.stock.replenishing.replenishing import proposals, wish
from models.policy.stock.replenishing.sensing import daily_demand
from models.policy.stock.rules import ReplenishmentRule
from models.stock.lots import LotStatus
from models.stock.picture import Picture
from models.stock.replenishment import DemandDay, DemandHistory, Proposal
from tests.promises.replenishment.pictures import (
    BERLIN,
    NOW,
    TODAY,
    by,
    coming,
    in_lot,
    picture,
    shelf,
    wanted,
)

POINTS = ReplenishmentRule(sku="MUG", nodes=("berlin",), reorder_point=20, order_up_to=100, lead_days=5)
Demand = dict[tuple[str, str], DemandHistory]


def ordered(seen: Picture, rule: ReplenishmentRule = POINTS, demand: Demand | None = None) -> tuple[Proposal, ...]:
    return proposals(by(rule), seen, demand or {}, NOW)


def test_one_above_the_threshold_nothing_is_ordered() -> None:
    assert ordered(picture(shelf(21))) == ()


def test_at_the_threshold_it_is_ordered_up_to_the_level_and_says_why() -> None:
    [proposal] = ordered(picture(shelf(20)))
    assert (proposal.sku, proposal.node, proposal.quantity) == ("MUG", "berlin", 80)
    assert proposal.expected_at == NOW + timedelta(days=5)
    assert "at or below 20" in proposal.because


@pytest.mark.parametrize(
    "seen",
    [
        picture(shelf(90, allocated=40, soft_reserved=20, picked=10)),
        picture(shelf(90, damaged=30, quarantined=30, in_inspection=10)),
        picture(shelf(90), waiting={"MUG": 70}),
        picture(in_lot(70, status=LotStatus.RECALLED), shelf(20)),
        picture(in_lot(70, expires_on=TODAY - timedelta(days=1)), shelf(20)),
        picture(shelf(5), supplies=(coming(30, 2, received=15),)),
        picture(),
    ],
    ids=["promised", "unfit", "waited for", "recalled", "expired", "received already", "never seen"],
)
def test_what_cannot_be_sold_does_not_count(seen: Picture) -> None:
    [proposal] = ordered(seen)
    assert proposal.quantity in {80, 100}


@pytest.mark.parametrize(
    "seen",
    [
        picture(shelf(5), supplies=(coming(16, 3),)),
        picture(shelf(5), supplies=(coming(16, None),)),
        picture(shelf(30, channel_reserved=30)),
    ],
    ids=["on its way", "on order without a date", "ring-fenced"],
)
def test_what_is_coming_and_what_is_set_aside_for_a_channel_counts(seen: Picture) -> None:
    assert ordered(seen) == ()


def test_backorders_are_bought_for_the_preferred_node_only() -> None:
    rule = POINTS.model_copy(update={"nodes": ("rotterdam", "berlin")})
    found = ordered(picture(shelf(60), shelf(60, node="rotterdam"), waiting={"MUG": 50}), rule)
    assert [(one.node, one.quantity) for one in found] == [("berlin", 90)]


def test_a_rule_that_names_no_node_looks_where_the_article_has_been() -> None:
    rule = POINTS.model_copy(update={"nodes": ()})
    found = ordered(picture(shelf(3), shelf(50, node="rotterdam"), shelf(3, sku="LAMP")), rule)
    assert [(one.sku, one.node) for one in found] == [("MUG", "berlin")]


def test_a_supplier_who_sends_for_us_and_a_node_that_is_closed_are_not_replenished() -> None:
    rule = POINTS.model_copy(update={"nodes": ()})
    closed = (BERLIN.model_copy(update={"active": False}), *picture().nodes[1:])
    assert ordered(picture(shelf(1, node="direct"), shelf(1), nodes=closed), rule) == ()


def test_the_first_rule_that_fits_an_article_at_a_node_counts() -> None:
    special = POINTS.model_copy(update={"sku": "MUG", "reorder_point": 0, "order_up_to": 0})
    general = POINTS.model_copy(update={"sku": "*", "nodes": ()})
    found = proposals(by(special, general), picture(shelf(5), shelf(5, node="rotterdam")), {}, NOW)
    assert [one.node for one in found] == ["rotterdam"]


def test_packs_are_ordered_whole() -> None:
    [proposal] = ordered(picture(shelf(20)), POINTS.model_copy(update={"pack": 24}))
    assert proposal.quantity == 96


def test_without_a_threshold_and_without_demand_nothing_is_ever_ordered() -> None:
    rule = ReplenishmentRule(sku="MUG", order_up_to=100, demand_days=10)
    assert ordered(picture(shelf(0)), rule) == ()


# --- linked to demand


LINKED = ReplenishmentRule(sku="MUG", lead_days=5, demand_days=10)


def test_demand_linked_it_is_ordered_before_the_lead_time_and_the_days_on_top_are_sold_out() -> None:
    steady = wanted(*[4] * 20)
    assert ordered(picture(shelf(60)), LINKED, steady) == ()
    [proposal] = ordered(picture(shelf(59)), LINKED, steady)
    assert proposal.quantity == 4 * 25 - 59
    assert proposal.needed_by == NOW + timedelta(days=59 / 4)


def test_the_more_is_wanted_the_sooner_and_the_more_is_ordered() -> None:
    stock = picture(shelf(80))
    assert ordered(stock, LINKED, wanted(*[4] * 20)) == ()
    [proposal] = ordered(stock, LINKED, wanted(*[4] * 10, *[12] * 10))
    assert proposal.quantity > 120


def test_an_order_lasts_so_that_the_next_unit_sold_is_not_another_order() -> None:
    steady = wanted(*[4] * 20)
    [proposal] = ordered(picture(shelf(59)), LINKED, steady)
    assert ordered(picture(shelf(58), supplies=(coming(proposal.quantity, 5),)), LINKED, steady) == ()


def test_sensed_demand_follows_the_latest_days() -> None:
    [rising] = wanted(*[2] * 20, 10, 10, 10).values()
    assert 7 < daily_demand(rising, 0.3, TODAY) < 10
    [falling] = wanted(*[10] * 20, 2, 2, 2).values()
    assert 2 < daily_demand(falling, 0.3, TODAY) < 5


def test_a_day_that_is_not_over_counts_only_where_it_sells_more_than_usual() -> None:
    [usual] = wanted(*[10] * 10).values()
    assert daily_demand(usual, 0.3, TODAY) == pytest.approx(10)
    busy = usual.model_copy(update={"days": (*usual.days[:-1], DemandDay(day=TODAY, quantity=110))})
    assert daily_demand(busy, 0.3, TODAY) == pytest.approx(40)


# --- from another node, and once


STORE_RULE = ReplenishmentRule(sku="MUG", nodes=("store",), reorder_point=5, order_up_to=20, supplier="Nordic")


def test_a_node_that_is_refilled_by_another_gets_a_transfer_rather_than_a_purchase() -> None:
    [proposal] = ordered(picture(shelf(100), shelf(2, node="store")), STORE_RULE)
    assert (proposal.from_node, proposal.supplier, proposal.quantity) == ("berlin", None, 18)


def test_where_the_other_node_cannot_spare_it_it_is_bought() -> None:
    [proposal] = ordered(picture(shelf(100, allocated=90), shelf(2, node="store")), STORE_RULE)
    assert (proposal.from_node, proposal.supplier) == (None, "Nordic")


def test_what_one_store_is_sent_the_next_cannot_be() -> None:
    other = picture().nodes[2].model_copy(update={"name": "store2", "priority": 51})
    rule = STORE_RULE.model_copy(update={"nodes": ("store", "store2")})
    seen = picture(shelf(25), shelf(2, node="store"), shelf(2, node="store2"), nodes=(*picture().nodes, other))
    assert [one.from_node for one in ordered(seen, rule)] == ["berlin", None]


def test_the_key_stays_until_a_supply_is_known() -> None:
    seen = picture(shelf(3))
    first = proposals(by(POINTS), seen, {}, NOW, cycles={("MUG", "berlin"): 2})
    later = proposals(by(POINTS), seen, {}, NOW + timedelta(hours=5), cycles={("MUG", "berlin"): 2})
    after = proposals(by(POINTS), seen, {}, NOW, cycles={("MUG", "berlin"): 3})
    assert first[0].key == later[0].key != after[0].key


RULES = st.builds(
    ReplenishmentRule,
    reorder_point=st.integers(0, 500),
    order_up_to=st.integers(0, 1000),
    demand_days=st.integers(0, 30),
    pack=st.integers(1, 60),
)


@given(rule=RULES, position=st.integers(-1000, 2000), daily=st.floats(0, 500))
def test_an_order_comes_in_whole_packs_and_ends_its_cause(rule: ReplenishmentRule, position: int, daily: float) -> None:
    found = wish(rule, position, daily)
    if found is not None:
        assert found.quantity % rule.pack == 0
        assert wish(rule, position + found.quantity, daily) is None
