"""Among sources of as many parcels the weights decide; the record keeps the scores of those that lost."""

from datetime import timedelta

import pytest

from models.order.document import ServiceLevel
from models.policy.stock.rules import SourcingWeights
from models.stock.nodes import Calendar, NodeLoad
from tests.promises.sourcing.pictures import (
    STILL,
    TUESDAY,
    demand,
    lane,
    node,
    only,
    parcels,
    picture,
    rules,
    shelf,
    sourced,
    why_not,
)

BOTH = [shelf("anvers", 9), shelf("zurich", 9)]


def choose(better, worse, by, **facts):
    """The node called zurich would lose every tie, so it wins only by what the criterion says."""
    nodes = [node("zurich", **better), node("anvers", **worse)]
    loads = facts.pop("loads", ())
    return sourced(picture(nodes, BOTH, loads=loads), by=by, for_=demand(**facts))


@pytest.mark.parametrize(
    ("criterion", "better", "worse", "facts"),
    [
        ("service", {"lanes": (lane(transit_days=1),)}, {"lanes": (lane(transit_days=2),)}, {}),
        ("distance", {"lanes": (lane(distance_km=90),)}, {"lanes": (lane(distance_km=100),)}, {}),
        ("cost", {"lanes": (lane(cost=400),)}, {"lanes": (lane(cost=500),)}, {}),
        ("cost", {"handling_cost": 10}, {"handling_cost": 20}, {}),
        ("margin", {"handling_cost": 10}, {"handling_cost": 20}, {"worth": 5000}),
        ("priority", {"priority": 50}, {"priority": 60}, {}),
        ("capacity", {"capacity": 20}, {"capacity": 10}, {"loads": (NodeLoad(node="anvers", orders=1),)}),
    ],
)
def test_every_criterion_moves_the_choice(criterion, better, worse, facts):
    answer = choose(better, worse, only(criterion), **facts)
    assert parcels(answer) == {"zurich"}
    assert f"worse in {criterion}" in why_not(answer, "anvers") or criterion in why_not(answer, "anvers")


def test_a_criterion_without_weight_moves_nothing():
    answer = choose({"lanes": (lane(cost=1),)}, {"lanes": (lane(cost=9000),)}, only("service"))
    assert parcels(answer) == {"anvers"}


def test_express_days_and_cost_count_for_an_expedited_order():
    quick, slow = {"lanes": (lane(transit_days=9, express_days=1),)}, {"lanes": (lane(transit_days=2, express_days=2),)}
    assert parcels(choose(quick, slow, only("service"))) == {"anvers"}
    assert parcels(choose(quick, slow, only("service"), service_level=ServiceLevel.EXPEDITED)) == {"zurich"}
    cheap, dear = {"lanes": (lane(cost=900, express_cost=1000),)}, {"lanes": (lane(cost=500, express_cost=1500),)}
    assert parcels(choose(cheap, dear, only("cost"), service_level=ServiceLevel.EXPEDITED)) == {"zurich"}


def test_a_node_past_its_cut_off_loses_to_one_that_still_sends_today():
    later, early = {"calendar": Calendar(cut_off="10:00")}, {"calendar": Calendar(cut_off="08:00")}
    answer = choose(later, early, only("service"))
    assert parcels(answer) == {"zurich"}
    assert "after the cut-off of anvers" in why_not(answer, "anvers")


def test_in_time_beats_cheap_where_a_day_was_promised():
    in_time = {"lanes": (lane(transit_days=3, cost=900),)}
    too_late = {"lanes": (lane(transit_days=4, cost=300),)}
    assert parcels(choose(in_time, too_late, None)) == {"anvers"}
    promised = TUESDAY + timedelta(days=3, hours=12)
    assert parcels(choose(in_time, too_late, None, deliver_by=promised)) == {"zurich"}


def test_the_day_of_shipment_may_be_the_promise():
    ready_today, ready_later = (
        {"lanes": (lane(transit_days=3),)},
        {"handling_days": 2, "lanes": (lane(transit_days=1),)},
    )
    # Both arrive on the same day: the tie goes to anvers, unless it has to leave today.
    assert parcels(choose(ready_today, ready_later, only("service"))) == {"anvers"}
    today = TUESDAY + timedelta(hours=12)
    assert parcels(choose(ready_today, ready_later, only("service"), ship_by=today)) == {"zurich"}


def test_ties_go_to_the_priority_and_then_to_the_name():
    nothing = rules(weights=SourcingWeights(**STILL))
    assert parcels(choose({}, {}, nothing)) == {"anvers"}
    assert parcels(choose({"priority": 99}, {"priority": 100}, nothing)) == {"zurich"}


def test_a_parcel_that_eats_the_margin_counts_more_for_a_small_order():
    weights = SourcingWeights(**{**STILL, "margin": 1.0, "distance": 1.0})
    thrifty = {"lanes": (lane(cost=100, distance_km=200),)}
    near = {"lanes": (lane(cost=900, distance_km=120),)}
    assert parcels(choose(thrifty, near, rules(weights=weights), worth=1_000)) == {"zurich"}
    assert parcels(choose(thrifty, near, rules(weights=weights), worth=100_000)) == {"anvers"}


def test_one_parcel_beats_two_however_good_the_two_are():
    best = (lane(transit_days=0, cost=0, distance_km=0),)
    nodes = [node("a", lanes=best, priority=0), node("b", lanes=best, priority=0), node("far", priority=900)]
    shelves = [shelf("a", 3), shelf("b", 3), shelf("far", 5)]
    assert parcels(sourced(picture(nodes, shelves))) == {"far"}


def test_the_record_tells_the_choice_and_the_options_refused():
    nodes = [node("berlin"), node("hamburg", lanes=(lane(cost=700),)), node("paris", lanes=(lane(country="FR"),))]
    shelves = [shelf("berlin", 9), shelf("hamburg", 9), shelf("paris", 9)]
    decision = sourced(picture([*nodes, node("ulm")], [*shelves, shelf("ulm", 3)]), for_=demand(worth=4200)).decision
    assert (decision.kind, decision.policy_version, decision.outcome) == ("stock", "2026-11", "berlin")
    assert decision.input["channel"] == "shopify"
    assert decision.input["country"] == "DE"
    assert decision.input["worth"] == 4200
    assert decision.input["skus"] == {"LAMP": 5}
    assert decision.reasons[0] == "one parcel"
    assert any("the best of 2" in reason for reason in decision.reasons)
    reasons = {one.option: one.reason for one in decision.refused}
    assert "worse in cost" in reasons["hamburg"]
    assert reasons["ulm"] == "too little of LAMP: 3 of 5"
    assert reasons["paris"] == "it has no lane to DE 101"


def test_the_record_names_no_more_options_than_policy_wants():
    nodes = [node(f"n{number}") for number in range(20)]
    shelves = [shelf(f"n{number}", 9) for number in range(20)]
    assert len(sourced(picture(nodes, shelves)).decision.refused) == 10
    assert len(sourced(picture(nodes, shelves), by=rules(options_recorded=3)).decision.refused) == 3


def test_the_record_of_very_long_names_still_fits():
    nodes = [node("n" * 90 + f"{number:02}") for number in range(12)]
    shelves = [shelf(one.name, 1, sku="S" * 100) for one in nodes]
    answer = sourced(picture(nodes, shelves), ("S" * 100, 12), by=rules(most_parcels=20))
    assert len(answer.planned) == 12
    assert len(answer.decision.outcome) == 500
