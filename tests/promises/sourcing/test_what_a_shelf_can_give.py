"""Nothing is promised that is set aside, not fit, kept as safety stock, or somebody else's."""

import pytest

from models.policy.stock.rules import AvailabilityRules, ExpiryRule, SafetyRule, StockRules
from models.stock.lots import LotStatus
from models.stock.nodes import Calendar, NodeKind
from tests.promises.sourcing.pictures import TUESDAY, demand, fence, given, node, picture, shelf, sourced, store


def available(**rules):
    return StockRules(availability=AvailabilityRules(**rules))


def test_what_others_have_been_promised_is_not_given_again():
    held = shelf("berlin", 10, soft_reserved=2, allocated=1, picked=1, quarantined=1, damaged=1)
    assert sourced(picture([node("berlin")], [held]), ("LAMP", 4)).planned
    answer = sourced(picture([node("berlin")], [held]), ("LAMP", 5))
    assert not answer.planned
    assert [(one.sku, one.wanted, one.available) for one in answer.shortages] == [("LAMP", 5, 4)]


def test_the_lot_that_expires_first_goes_first_and_one_that_never_does_goes_last():
    lots = [
        shelf("berlin", 3, lot="never"),
        shelf("berlin", 3, lot="late", good_for=90),
        shelf("berlin", 3, lot="soon", good_for=10),
    ]
    answer = sourced(picture([node("berlin")], lots), ("LAMP", 7))
    assert given(answer) == [
        ("LAMP", "berlin", "late", 3),
        ("LAMP", "berlin", "never", 1),
        ("LAMP", "berlin", "soon", 3),
    ]


@pytest.mark.parametrize(("good_for", "given_out"), [(-1, False), (0, True), (29, True)])
def test_a_lots_last_day_is_good_and_the_next_is_not(good_for, given_out):
    lots = [shelf("berlin", 5, lot="a", good_for=good_for)]
    assert bool(sourced(picture([node("berlin")], lots)).planned) is given_out


@pytest.mark.parametrize(("good_for", "given_out"), [(29, False), (30, True), (None, True)])
def test_goods_too_near_to_their_expiry_are_not_promised(good_for, given_out):
    lots = [shelf("berlin", 5, lot="a", good_for=good_for)]
    by = available(expiry=(ExpiryRule(sku="LA*", days=30), ExpiryRule(days=99)))
    assert bool(sourced(picture([node("berlin")], lots), by=by).planned) is given_out


@pytest.mark.parametrize("status", [LotStatus.QUARANTINED, LotStatus.RECALLED])
def test_a_lot_that_is_not_released_gives_nothing(status):
    lots = [shelf("berlin", 9, lot="bad", status=status), shelf("berlin", 5, lot="good")]
    assert given(sourced(picture([node("berlin")], lots))) == [("LAMP", "berlin", "good", 5)]


def test_a_node_that_is_not_active_gives_nothing():
    answer = sourced(picture([node("berlin", active=False)], [shelf("berlin", 9)]))
    assert not answer.planned
    assert answer.shortages[0].available == 0


def test_safety_stock_is_kept_and_the_write_is_told():
    by = available(safety=(SafetyRule(units=3),))
    shelves = picture([node("berlin")], [shelf("berlin", 8)])
    assert sourced(shelves, ("LAMP", 5), by=by).planned[0].floor == 3
    assert not sourced(shelves, ("LAMP", 6), by=by).planned


def test_the_larger_of_units_and_percent_is_kept_rounded_up():
    shelves = picture([node("berlin")], [shelf("berlin", 21)])
    by = available(safety=(SafetyRule(units=1, percent=10),))
    assert sourced(shelves, ("LAMP", 18), by=by).planned[0].floor == 3
    assert not sourced(shelves, ("LAMP", 19), by=by).planned


def test_safety_stock_stays_in_the_lots_that_expire_last():
    lots = [shelf("berlin", 4, lot="soon", good_for=10), shelf("berlin", 4, lot="late", good_for=99)]
    answer = sourced(picture([node("berlin")], lots), by=available(safety=(SafetyRule(units=3),)))
    assert {one.allocation.lot: (one.allocation.quantity, one.floor) for one in answer.planned} == {
        "soon": (4, 0),
        "late": (1, 3),
    }


def test_safety_stock_is_kept_where_the_first_rule_that_fits_says():
    by = available(
        safety=(
            SafetyRule(sku="OTHER", units=9),
            SafetyRule(nodes=("hamburg",), units=9),
            SafetyRule(node_kinds=(NodeKind.STORE,), units=2),
            SafetyRule(units=1),
        )
    )
    shelves = [shelf("berlin", 5), shelf("corner", 5)]
    berlin = picture([node("berlin"), store("corner")], shelves)
    assert sourced(berlin, ("LAMP", 4), by=by).planned[0].floor == 1
    corner = picture([node("berlin", active=False), store("corner")], shelves)
    assert sourced(corner, ("LAMP", 3), by=by).planned[0].floor == 2


def test_a_ring_fence_is_for_its_holder_alone():
    kept = picture(
        [node("berlin")], [shelf("berlin", 5, channel_reserved=5)], fences=(fence("berlin", 5, "channel:b2b"),)
    )
    assert not sourced(kept).planned
    mine = sourced(kept, for_=demand(channel="b2b"))
    assert [(one.fenced, one.holder) for one in mine.planned] == [(5, "channel:b2b")]


def test_the_own_ring_fence_goes_before_free_stock():
    kept = picture(
        [node("berlin")], [shelf("berlin", 9, channel_reserved=3)], fences=(fence("berlin", 3, "class:dealer"),)
    )
    answer = sourced(kept, for_=demand(customer_class="dealer"))
    assert [(one.allocation.quantity, one.fenced, one.holder) for one in answer.planned] == [(5, 3, "class:dealer")]


def test_what_a_fence_gives_is_not_given_to_the_next_line_again():
    kept = picture(
        [node("berlin")], [shelf("berlin", 6, channel_reserved=4)], fences=(fence("berlin", 4, "channel:b2b"),)
    )
    answer = sourced(kept, ("LAMP", 3), ("LAMP", 3), for_=demand(channel="b2b"))
    assert sum(one.fenced for one in answer.planned) == 4
    assert sum(one.allocation.quantity for one in answer.planned) == 6


def test_of_two_own_fences_in_one_balance_the_fuller_is_drawn():
    kept = picture(
        [node("berlin")],
        [shelf("berlin", 8, channel_reserved=8)],
        fences=(fence("berlin", 3, "channel:b2b"), fence("berlin", 5, "class:dealer")),
    )
    answer = sourced(kept, for_=demand(channel="b2b", customer_class="dealer"))
    assert [(one.fenced, one.holder) for one in answer.planned] == [(5, "class:dealer")]


def test_a_fence_in_a_lot_that_may_not_be_sold_gives_nothing():
    lots = [shelf("berlin", 5, lot="old", good_for=-1, channel_reserved=5)]
    kept = picture([node("berlin")], lots, fences=(fence("berlin", 5, "channel:b2b", lot="old"),))
    assert not sourced(kept, for_=demand(channel="b2b")).planned


def test_a_fence_that_promises_more_than_is_set_aside_gives_what_is_set_aside():
    kept = picture(
        [node("berlin")], [shelf("berlin", 5, channel_reserved=2)], fences=(fence("berlin", 9, "channel:b2b"),)
    )
    answer = sourced(kept, for_=demand(channel="b2b"))
    assert [(one.allocation.quantity, one.fenced) for one in answer.planned] == [(5, 2)]


def test_what_one_line_takes_out_of_a_lot_the_next_takes_from_another():
    lots = [shelf("berlin", 3, lot="soon", good_for=10), shelf("berlin", 3, lot="late", good_for=99)]
    answer = sourced(picture([node("berlin")], lots), ("LAMP", 3), ("LAMP", 3))
    assert given(answer) == [("LAMP", "berlin", "late", 3), ("LAMP", "berlin", "soon", 3)]


def test_nobody_overtakes_those_who_wait():
    seen = picture([node("berlin"), node("essen")], [shelf("berlin", 3), shelf("essen", 3)], waiting={"LAMP": 4})
    assert given(sourced(seen, ("LAMP", 2))) == [("LAMP", "essen", "", 2)]
    answer = sourced(seen, ("LAMP", 3))
    assert not answer.planned
    assert [(one.wanted, one.available) for one in answer.shortages] == [(3, 2)]


@pytest.mark.parametrize(("zone", "given_out"), [("Asia/Tokyo", 0), ("UTC", 5), ("America/Los_Angeles", 5)])
def test_which_day_it_is_the_nodes_own_clock_says(zone, given_out):
    at_night = TUESDAY.replace(hour=22)
    nodes = [node("a", calendar=Calendar(time_zone=zone))]
    answer = sourced(picture(nodes, [shelf("a", 5, lot="L", good_for=0)], at=at_night))
    assert sum(one.allocation.quantity for one in answer.planned) == given_out


def test_in_whatever_order_nodes_stand_the_same_is_left_to_those_who_wait():
    nodes, shelves = [node("a"), node("b")], [shelf("a", 5), shelf("b", 5)]
    answers = [sourced(picture(stand, shelves, waiting={"LAMP": 5})) for stand in (nodes, nodes[::-1])]
    assert answers[0] == answers[1]
