"""A node sends where it can reach the customer, in the order policy has it, and the record says why another did not."""

from datetime import timedelta

import pytest

from models.order.document import Delivery, ServiceLevel
from models.policy.stock.rules import SourcingRules, StockRules
from models.stock.nodes import NodeKind, NodeLoad
from models.stock.reservation import RemedyKind
from tests.promises.sourcing.pictures import (
    TUESDAY,
    demand,
    given,
    lane,
    node,
    parcels,
    picture,
    rules,
    shelf,
    sourced,
    store,
    why_not,
)

BOTH = [shelf("berlin", 9), shelf("hamburg", 9)]
BOTH_KINDS = [shelf("berlin", 9), shelf("corner", 9)]


def to(country, postal_prefix=""):
    return (lane(country=country, postal_prefix=postal_prefix),)


def test_a_node_without_a_lane_to_the_country_does_not_send():
    answer = sourced(picture([node("berlin", lanes=to("FR")), node("hamburg", priority=900)], BOTH))
    assert parcels(answer) == {"hamburg"}
    assert why_not(answer, "berlin") == "it has no lane to DE 101"


def test_the_first_lane_that_fits_counts():
    dear_then_cheap = (lane(country="DE", postal_prefix="10", cost=900), lane(country="DE", cost=100))
    nodes = [node("berlin", lanes=dear_then_cheap), node("hamburg", lanes=(lane(cost=500),))]
    assert parcels(sourced(picture(nodes, BOTH))) == {"hamburg"}
    assert parcels(sourced(picture(nodes, BOTH), for_=demand(postal_prefix="803"))) == {"berlin"}


def test_a_longer_postal_prefix_is_compared_as_far_as_it_is_known():
    nodes = [node("berlin", lanes=to("DE", "10115"))]
    assert sourced(picture(nodes, BOTH)).planned
    assert not sourced(picture(nodes, BOTH), for_=demand(postal_prefix="20")).planned


def test_without_a_country_the_first_lane_is_taken():
    nodes = [node("berlin", lanes=to("FR", "75"))]
    assert sourced(picture(nodes, BOTH), for_=demand(country=None, postal_prefix="")).planned
    assert not sourced(picture([node("berlin", lanes=())], BOTH), for_=demand(country=None)).planned


def test_a_node_that_does_not_send_parcels_does_not():
    answer = sourced(picture([node("berlin", ships=False), node("hamburg", priority=900)], BOTH))
    assert parcels(answer) == {"hamburg"}
    assert why_not(answer, "berlin") == "it does not send parcels"


def test_a_node_that_turned_the_order_down_is_not_asked_again():
    answer = sourced(picture([node("berlin"), node("hamburg")], BOTH), for_=demand(avoid_nodes=("berlin",)))
    assert parcels(answer) == {"hamburg"}
    assert why_not(answer, "berlin") == "it has turned this order down"


def test_a_later_kind_is_asked_only_where_the_earlier_cannot():
    nodes = [store("corner", priority=0, lanes=(lane(cost=0, distance_km=1, transit_days=0),)), node("berlin")]
    answer = sourced(picture(nodes, [shelf("corner", 9), shelf("berlin", 9)]))
    assert parcels(answer) == {"berlin"}
    assert why_not(answer, "corner") == "a store is asked only for what those before it cannot give"
    assert parcels(sourced(picture(nodes, [shelf("corner", 9), shelf("berlin", 4)]))) == {"corner"}


def test_two_warehouses_go_before_one_store():
    nodes = [node("berlin"), node("hamburg"), store("corner")]
    shelves = [shelf("berlin", 3), shelf("hamburg", 3), shelf("corner", 9)]
    assert parcels(sourced(picture(nodes, shelves))) == {"berlin", "hamburg"}


def test_a_kind_that_policy_does_not_name_does_not_send():
    by = rules(node_kinds=(NodeKind.STORE,))
    answer = sourced(picture([node("berlin"), store("corner")], [shelf("berlin", 9), shelf("corner", 9)]), by=by)
    assert parcels(answer) == {"corner"}
    assert why_not(answer, "berlin") == "policy does not send from a warehouse"


def test_a_supplier_sends_what_policy_lets_it_and_our_own_nodes_lack():
    nodes = [node("berlin", priority=900), node("acme", kind=NodeKind.SUPPLIER, priority=0)]
    drop_ship = rules(drop_ship=("LA*",))
    full = picture(nodes, [shelf("berlin", 5), shelf("acme", 99)])
    assert parcels(sourced(full, by=drop_ship)) == {"berlin"}
    empty = picture(nodes, [shelf("berlin", 4), shelf("acme", 99)])
    assert parcels(sourced(empty, by=drop_ship)) == {"acme"}
    assert not sourced(empty).planned


def test_a_supplier_adds_only_the_article_that_is_lacking():
    nodes = [node("berlin"), node("acme", kind=NodeKind.SUPPLIER)]
    shelves = [shelf("berlin", 9, "LAMP"), shelf("acme", 9, "LAMP"), shelf("acme", 9, "BULB")]
    answer = sourced(picture(nodes, shelves), ("LAMP", 1), ("BULB", 1), by=rules(drop_ship=("*",)))
    assert given(answer) == [("BULB", "acme", "", 1), ("LAMP", "berlin", "", 1)]


def test_a_supplier_is_asked_after_every_kind_of_our_own():
    nodes = [store("corner", priority=999), node("acme", kind=NodeKind.SUPPLIER, priority=0)]
    shelves = [shelf("corner", 9), shelf("acme", 9)]
    assert parcels(sourced(picture(nodes, shelves), by=rules(drop_ship=("*",)))) == {"corner"}


def test_a_full_node_is_spared_as_long_as_another_can():
    nodes = [node("berlin", priority=0, capacity=10), node("hamburg", priority=900), store("corner")]
    loads = (NodeLoad(node="berlin", orders=10),)
    answer = sourced(picture(nodes, BOTH, loads=loads))
    assert parcels(answer) == {"hamburg"}
    assert why_not(answer, "berlin") == "its day is full, and another node can"
    store_only = picture(nodes, [shelf("berlin", 9), shelf("corner", 9)], loads=loads)
    assert parcels(sourced(store_only)) == {"corner"}


def test_a_full_node_still_sends_where_nobody_else_can():
    nodes = [node("berlin", capacity=0), node("hamburg")]
    assert parcels(sourced(picture(nodes, [shelf("berlin", 9)]))) == {"berlin"}


def test_a_full_node_goes_before_a_supplier():
    nodes = [node("berlin", capacity=0), node("acme", kind=NodeKind.SUPPLIER)]
    shelves = [shelf("berlin", 9), shelf("acme", 9)]
    assert parcels(sourced(picture(nodes, shelves), by=rules(drop_ship=("*",)))) == {"berlin"}


def test_an_expedited_order_is_worked_on_however_full_the_day_is():
    quick = (lane(express_days=0, express_cost=0, distance_km=0),)
    nodes = [node("berlin", priority=0, capacity=1, lanes=quick), node("hamburg", priority=900)]
    loads = (NodeLoad(node="berlin", orders=5),)
    answer = sourced(picture(nodes, BOTH, loads=loads), for_=demand(service_level=ServiceLevel.EXPEDITED))
    assert parcels(answer) == {"berlin"}


def pick_up(name):
    return demand(delivery=Delivery.PICK_UP, pick_up_at=name, country=None)


def test_what_is_collected_lies_where_it_is_collected():
    nodes = [store("corner", lanes=(), ships=False), node("berlin", priority=0)]
    shelves = [shelf("corner", 9), shelf("berlin", 9)]
    answer = sourced(picture(nodes, shelves), for_=pick_up("corner"))
    assert parcels(answer) == {"corner"}
    assert why_not(answer, "berlin") == "the customer does not collect there"


@pytest.mark.parametrize("place", ["berlin", "nowhere", None])
def test_a_place_that_hands_nothing_over_leads_to_a_person(place):
    answer = sourced(picture([node("berlin")], BOTH), for_=pick_up(place))
    assert not answer.planned
    assert [one.kind for one in answer.remedies] == [RemedyKind.HOLD]
    assert "cannot be collected" in answer.remedies[0].reason


def test_policy_may_let_stores_go_first():
    kinds = (NodeKind.STORE, NodeKind.WAREHOUSE)
    nodes = [store("corner"), node("berlin", priority=0)]
    answer = sourced(
        picture(nodes, [shelf("corner", 9), shelf("berlin", 9)]),
        by=StockRules(sourcing=SourcingRules(node_kinds=kinds)),
    )
    assert parcels(answer) == {"corner"}


SCATTERED = [shelf("berlin", 3), shelf("hamburg", 3), shelf("acme", 99)]
OURS_AND_ACME = [node("berlin"), node("hamburg"), node("acme", kind=NodeKind.SUPPLIER, priority=0)]


@pytest.mark.parametrize("limit", [{"most_parcels": 1}, {"split_lines": False}])
def test_a_supplier_sends_what_our_nodes_have_in_too_many_places(limit):
    shelves = picture(OURS_AND_ACME, SCATTERED)
    assert parcels(sourced(shelves, by=rules(drop_ship=("LA*",), **limit))) == {"acme"}
    assert not sourced(shelves, by=rules(drop_ship=("OTHER",), **limit)).planned
    assert parcels(sourced(shelves, by=rules(drop_ship=("LA*",)))) == {"berlin", "hamburg"}


def test_a_supplier_sends_what_goes_together_and_no_node_of_ours_has_together():
    shelves = picture(OURS_AND_ACME, SCATTERED)
    assert parcels(sourced(shelves, by=rules(drop_ship=("*",)), for_=demand(ship_together=True))) == {"acme"}


SLOW, QUICK = (lane(transit_days=9),), (lane(transit_days=0, cost=5000),)
BY_FRIDAY = {"deliver_by": TUESDAY + timedelta(days=3)}


def test_a_date_that_was_asked_for_outweighs_the_kind_of_node():
    shelves = picture([node("berlin", lanes=SLOW), store("corner", lanes=QUICK)], BOTH_KINDS)
    assert parcels(sourced(shelves)) == {"berlin"}
    answer = sourced(shelves, for_=demand(**BY_FRIDAY))
    assert parcels(answer) == {"corner"}
    assert why_not(answer, "berlin") == "too late for the date that was asked for: it would arrive on 2026-11-26"
    late = demand(deliver_by=TUESDAY)
    assert parcels(sourced(shelves, for_=late)) == {"berlin"}


def test_two_parcels_in_time_go_before_one_that_is_late():
    nodes = [node("berlin", lanes=SLOW), node("hamburg", lanes=QUICK), node("ulm", lanes=QUICK)]
    shelves = picture(nodes, [shelf("berlin", 9), shelf("hamburg", 3), shelf("ulm", 3)])
    assert parcels(sourced(shelves, for_=demand(**BY_FRIDAY))) == {"hamburg", "ulm"}
    assert parcels(sourced(shelves, for_=demand(**BY_FRIDAY), by=rules(most_parcels=1))) == {"berlin"}


def test_a_node_that_is_not_ready_by_the_day_it_must_leave_is_late_too():
    nodes = [node("berlin", handling_days=4), store("corner")]
    answer = sourced(picture(nodes, BOTH_KINDS), for_=demand(ship_by=TUESDAY + timedelta(days=1)))
    assert parcels(answer) == {"corner"}
