"""An order goes in as few parcels as policy and the shelves allow, and a line is granted whole or not at all."""

import pytest

from models.policy.stock.rules import CustomerClassRule, SourcingRules, StockRules
from models.policy.stock.sourcing.sourcing import source
from models.stock.demand import Need
from tests.promises.sourcing.pictures import demand, given, lane, node, parcels, picture, rules, shelf, sourced

ABC = [node("a"), node("b"), node("c")]


def test_a_line_is_split_where_no_node_has_all_of_it():
    answer = sourced(picture(ABC, [shelf("a", 3), shelf("b", 4)]))
    assert given(answer) == [("LAMP", "a", "", 3), ("LAMP", "b", "", 2)]


def test_a_line_is_not_split_where_policy_forbids_it():
    answer = sourced(picture(ABC, [shelf("a", 3), shelf("b", 4)]), by=rules(split_lines=False))
    assert not answer.planned
    assert [(one.wanted, one.available) for one in answer.shortages] == [(5, 4)]


def test_whole_lines_still_come_from_two_nodes():
    shelves = [shelf("a", 5), shelf("b", 5)]
    answer = sourced(picture(ABC, shelves), ("LAMP", 5), ("LAMP", 4), by=rules(split_lines=False))
    assert given(answer) == [("LAMP", "a", "", 5), ("LAMP", "b", "", 4)]


def test_a_need_that_one_node_can_give_whole_is_not_split():
    shelves = [shelf("a", 3, "LAMP"), shelf("a", 9, "BULB"), shelf("b", 9, "LAMP")]
    answer = sourced(picture(ABC, shelves), ("LAMP", 5), ("BULB", 5))
    assert given(answer) == [("BULB", "a", "", 5), ("LAMP", "b", "", 5)]


def test_no_more_parcels_than_policy_allows():
    shelves = picture(ABC, [shelf("a", 2), shelf("b", 2), shelf("c", 2)])
    assert len(parcels(sourced(shelves, by=rules(most_parcels=3)))) == 3
    answer = sourced(shelves, by=rules(most_parcels=2))
    assert not answer.planned
    assert [(one.wanted, one.available) for one in answer.shortages] == [(5, 4)]
    assert "too many parcels" in answer.remedies[0].reason


def test_the_fewest_nodes_that_together_have_it_are_found():
    nodes = [node(name) for name in "abcdef"]
    shelves = [shelf("a", 4), shelf("b", 4), shelf("c", 4), shelf("d", 4), shelf("e", 6), shelf("f", 6)]
    answer = sourced(picture(nodes, shelves), ("LAMP", 12), by=rules(most_parcels=4))
    assert parcels(answer) == {"e", "f"}


def test_three_cheap_parcels_do_not_beat_two_dear_ones():
    dear, free = (lane(cost=9000, transit_days=9),), (lane(cost=0, transit_days=0, distance_km=0),)
    nodes = [*(node(name, lanes=free, priority=0) for name in "abcd"), *(node(name, lanes=dear) for name in "ef")]
    shelves = [*(shelf(name, 4) for name in "abcd"), shelf("e", 6), shelf("f", 6)]
    answer = sourced(picture(nodes, shelves), ("LAMP", 12), by=rules(most_parcels=4))
    assert parcels(answer) == {"e", "f"}


def test_the_largest_need_is_placed_first_so_that_none_is_split():
    answer = sourced(picture(ABC, [shelf("a", 5), shelf("b", 4)]), ("LAMP", 4), ("LAMP", 5))
    assert given(answer) == [("LAMP", "a", "", 5), ("LAMP", "b", "", 4)]


def test_two_nodes_that_complete_each_other_are_found_behind_fuller_ones():
    nodes = [node(name) for name in "abcd"]
    wanted = [("P", 4), ("Q", 4), ("R", 4), ("S", 4)]
    shelves = [
        *(shelf("a", 3, sku) for sku in "PQRS"),
        *(shelf("b", 3, sku) for sku in "PQRS"),
        shelf("c", 4, "P"),
        shelf("c", 4, "Q"),
        shelf("d", 4, "R"),
        shelf("d", 4, "S"),
    ]
    assert parcels(sourced(picture(nodes, shelves), *wanted, by=rules(most_parcels=2))) in ({"c", "d"}, {"a", "b"})
    alone = [one for one in shelves if one.balance.node != "b"]
    assert parcels(sourced(picture(nodes, alone), *wanted, by=rules(most_parcels=2))) == {"c", "d"}


def test_goods_that_go_together_come_from_one_node():
    shelves = picture(ABC, [shelf("a", 9, "LAMP"), shelf("b", 9, "BULB"), shelf("c", 5, "LAMP"), shelf("c", 5, "BULB")])
    answer = sourced(shelves, ("LAMP", 5), ("BULB", 5), for_=demand(ship_together=True))
    assert parcels(answer) == {"c"}
    answer = sourced(shelves, ("LAMP", 6), ("BULB", 5), for_=demand(ship_together=True))
    assert not answer.planned
    assert answer.decision.outcome == "short"


def test_what_is_there_goes_ahead_line_by_line():
    answer = sourced(picture(ABC, [shelf("a", 9, "LAMP"), shelf("a", 2, "BULB")]), ("LAMP", 5), ("BULB", 3))
    assert given(answer) == [("LAMP", "a", "", 5)]
    assert [(one.sku, one.wanted, one.available) for one in answer.shortages] == [("BULB", 3, 2)]
    assert [(one.line_id, one.needs[0].quantity) for one in answer.remedies] == [("2", 3)]
    assert answer.decision.outcome == "a"
    assert "line 2: too little of BULB: 2 of 3" in answer.decision.reasons


def test_of_two_lines_that_want_the_same_the_first_has_it():
    answer = sourced(picture(ABC, [shelf("a", 7)]), ("LAMP", 5), ("LAMP", 5))
    assert [one.allocation.line_id for one in answer.planned] == ["1"]
    assert [(one.wanted, one.available) for one in answer.shortages] == [(10, 7)]


@pytest.mark.parametrize(
    ("policy", "own", "planned"), [(True, None, 1), (False, None, 0), (False, True, 1), (True, False, 0)]
)
def test_whether_parts_go_ahead_is_policys_and_before_it_the_customer_classes_word(policy, own, planned):
    by = StockRules(
        sourcing=SourcingRules(partial=policy), customer_classes=(CustomerClassRule(name="dealer", partial=own),)
    )
    shelves = picture(ABC, [shelf("a", 9, "LAMP")])
    answer = sourced(shelves, ("LAMP", 5), ("BULB", 3), by=by, for_=demand(customer_class="dealer"))
    assert len(answer.planned) == planned


def bundle(units):
    return [Need(line_id="kit", sku="LAMP", quantity=units), Need(line_id="kit", sku="BULB", quantity=2 * units)]


def test_a_bundle_is_granted_whole_or_not_at_all():
    shelves = picture(ABC, [shelf("a", 5, "LAMP"), shelf("a", 9, "BULB")])
    whole = source(StockRules(), "v", bundle(4), demand(), shelves)
    assert given(whole) == [("BULB", "a", "", 8), ("LAMP", "a", "", 4)]
    short = source(StockRules(), "v", bundle(5), demand(), shelves)
    assert not short.planned
    assert [(one.sku, one.available) for one in short.shortages] == [("BULB", 9)]
    assert short.remedies[0].needs == tuple(bundle(5))


def test_a_bundles_parts_come_from_one_node_where_lines_are_not_split():
    shelves = picture(ABC, [shelf("a", 9, "LAMP"), shelf("b", 9, "BULB")])
    assert len(parcels(source(rules(), "v", bundle(1), demand(), shelves))) == 2
    assert not source(rules(split_lines=False), "v", bundle(1), demand(), shelves).planned


def test_with_too_few_parcels_for_all_lines_the_most_lines_go():
    shelves = [shelf("a", 5, "LAMP"), shelf("b", 5, "BULB"), shelf("b", 5, "CORD")]
    answer = sourced(picture(ABC, shelves), ("LAMP", 1), ("BULB", 1), ("CORD", 1), by=rules(most_parcels=1))
    assert parcels(answer) == {"b"}
    assert [one.line_id for one in answer.remedies] == ["1"]
