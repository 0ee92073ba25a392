"""What is short gets the first remedy of policy's list that works; a person decides only where none does."""

from datetime import timedelta

import pytest

from models.order.document import Delivery
from models.policy.stock.rules import (
    Fallback,
    ShortageRule,
    ShortageRules,
    Silence,
    SourcingRules,
    StockRules,
    SubstituteRule,
)
from models.policy.stock.sourcing.expectation import Expectations
from models.policy.stock.sourcing.remedies import articles
from models.policy.stock.sourcing.sourcing import source
from models.stock.demand import Need
from models.stock.nodes import Node, NodeKind
from models.stock.reservation import RemedyKind
from tests.promises.sourcing.pictures import (
    TUESDAY,
    demand,
    given,
    lane,
    needs,
    node,
    picture,
    shelf,
    sourced,
    store,
    supply,
    when_short,
)

BERLIN = [node("berlin")]
INSTEAD = SubstituteRule(sku="LAMP", instead=("LAMP-2", "LAMP-3"))


def remedy(answer):
    assert len(answer.remedies) == 1
    return answer.remedies[0]


def test_without_a_rule_a_person_decides():
    found = remedy(sourced(picture(BERLIN, [shelf("berlin", 3)])))
    assert found.kind is RemedyKind.HOLD
    assert found.reason == "too little of LAMP: 3 of 5"
    assert found.needs == tuple(needs(("LAMP", 5)))


def test_the_first_fallback_that_works_is_taken():
    by = when_short("substitute", "transfer", "backorder", "ask_customer", "hold", answer_hours=12)
    found = remedy(sourced(picture(BERLIN, []), by=by))
    assert (found.kind, found.deadline) == (RemedyKind.ASK_CUSTOMER, TUESDAY + timedelta(hours=12))


def test_where_no_fallback_works_a_person_decides():
    found = remedy(sourced(picture(BERLIN, []), by=when_short("substitute", "transfer", "backorder")))
    assert found.kind is RemedyKind.HOLD


def test_a_line_may_be_cancelled():
    assert remedy(sourced(picture(BERLIN, []), by=when_short("cancel_line"))).kind is RemedyKind.CANCEL_LINE


def test_the_rule_is_that_of_the_article_and_the_channel():
    rules = (
        ShortageRule(sku="BULB", fallbacks=(Fallback.CANCEL_LINE,)),
        ShortageRule(channels=("b2b",), fallbacks=(Fallback.BACKORDER,), without_supply=True),
        ShortageRule(fallbacks=(Fallback.ASK_CUSTOMER,)),
    )
    by = StockRules(shortage=ShortageRules(rules=rules))
    wanted = (("LAMP", 1), ("BULB", 1))
    kinds = [one.kind for one in sourced(picture(BERLIN, []), *wanted, by=by).remedies]
    assert kinds == [RemedyKind.ASK_CUSTOMER, RemedyKind.CANCEL_LINE]
    kinds = [one.kind for one in sourced(picture(BERLIN, []), *wanted, by=by, for_=demand(channel="b2b")).remedies]
    assert kinds == [RemedyKind.BACKORDER, RemedyKind.CANCEL_LINE]


def test_the_first_substitute_that_can_be_had_in_full_goes_instead():
    by = when_short("substitute", substitutes=(INSTEAD,))
    found = remedy(sourced(picture(BERLIN, [shelf("berlin", 4, "LAMP-2"), shelf("berlin", 5, "LAMP-3")]), by=by))
    assert found.kind is RemedyKind.SUBSTITUTE
    assert found.substitutes == (Need(line_id="1", sku="LAMP-3", quantity=5),)
    assert found.needs_approval
    assert "LAMP-3 instead of LAMP" in found.reason


def test_a_substitute_may_need_nobodys_approval():
    free = SubstituteRule(sku="LAMP", instead=("LAMP-2",), needs_approval=False)
    by = when_short("substitute", substitutes=(free,))
    assert not remedy(sourced(picture(BERLIN, [shelf("berlin", 5, "LAMP-2")]), by=by)).needs_approval


def test_one_substitute_is_not_promised_to_two_lines():
    by = when_short("substitute", "cancel_line", substitutes=(INSTEAD,))
    shelves = picture(BERLIN, [shelf("berlin", 7, "LAMP-2")])
    kinds = [one.kind for one in sourced(shelves, ("LAMP", 5), ("LAMP", 5), by=by).remedies]
    assert kinds == [RemedyKind.SUBSTITUTE, RemedyKind.CANCEL_LINE]


def test_a_line_that_is_granted_keeps_what_would_have_been_a_substitute():
    by = when_short("substitute", "cancel_line", substitutes=(INSTEAD,))
    answer = sourced(picture(BERLIN, [shelf("berlin", 7, "LAMP-2")]), ("LAMP-2", 5), ("LAMP", 5), by=by)
    assert given(answer) == [("LAMP-2", "berlin", "", 5)]
    assert remedy(answer).kind is RemedyKind.CANCEL_LINE


def test_a_bundle_keeps_its_other_parts_when_one_is_replaced():
    by = when_short("substitute", substitutes=(INSTEAD,))
    kit = [Need(line_id="kit", sku="LAMP", quantity=1), Need(line_id="kit", sku="BULB", quantity=2)]
    shelves = picture(BERLIN, [shelf("berlin", 9, "BULB"), shelf("berlin", 9, "LAMP-2")])
    found = remedy(source(by, "v", kit, demand(), shelves))
    assert {(one.sku, one.quantity) for one in found.substitutes} == {("LAMP-2", 1), ("BULB", 2)}


def test_the_picture_has_to_show_the_substitutes_too():
    rules = ShortageRules(substitutes=(INSTEAD, SubstituteRule(sku="CORD", instead=("ROPE",))))
    assert articles(rules, needs(("LAMP", 1), ("BULB", 1))) == {"LAMP", "BULB", "LAMP-2", "LAMP-3"}


def collected_at(name):
    return demand(delivery=Delivery.PICK_UP, pick_up_at=name, country=None)


def test_what_another_node_has_is_brought_to_where_it_is_collected():
    acme = node("acme", kind=NodeKind.SUPPLIER, lanes=(lane(transit_days=0),))
    nodes = [store("corner"), node("berlin", lanes=(lane(transit_days=2),)), acme]
    shelves = [shelf("berlin", 5), shelf("corner", 3), shelf("acme", 99)]
    answer = sourced(picture(nodes, shelves), by=when_short("transfer"), for_=collected_at("corner"))
    found = remedy(answer)
    assert (found.kind, found.from_node, found.to_node) == (RemedyKind.TRANSFER, "berlin", "corner")
    assert found.expected_at == TUESDAY.replace(hour=16) + timedelta(days=2)


def test_it_is_brought_from_the_node_that_refills_the_target():
    nodes = [store("corner", replenished_from="hamburg"), node("berlin", priority=0), node("hamburg", handling_days=3)]
    shelves = [shelf("berlin", 5), shelf("hamburg", 5)]
    answer = sourced(picture(nodes, shelves), by=when_short("transfer"), for_=collected_at("corner"))
    assert remedy(answer).from_node == "hamburg"


def test_a_node_that_cannot_reach_the_customer_sends_to_one_that_can():
    nodes = [node("paris", lanes=(lane(country="FR"),)), node("berlin")]
    answer = sourced(picture(nodes, [shelf("paris", 9), shelf("berlin", 1)]), by=when_short("transfer"))
    found = remedy(answer)
    assert (found.kind, found.from_node, found.to_node) == (RemedyKind.TRANSFER, "paris", "berlin")


def test_what_is_brought_for_one_line_is_not_brought_for_the_next():
    nodes = [store("corner"), node("berlin")]
    answer = sourced(
        picture(nodes, [shelf("berlin", 7)]),
        ("LAMP", 5),
        ("LAMP", 5),
        by=when_short("transfer", "cancel_line"),
        for_=collected_at("corner"),
    )
    assert [one.kind for one in answer.remedies] == [RemedyKind.TRANSFER, RemedyKind.CANCEL_LINE]


def test_what_must_go_together_is_brought_together():
    nodes = [node("berlin"), node("hamburg")]
    shelves = picture(nodes, [shelf("berlin", 9, "LAMP"), shelf("berlin", 9, "CORD"), shelf("hamburg", 9, "BULB")])
    answer = sourced(
        shelves, ("LAMP", 1), ("CORD", 1), ("BULB", 1), by=when_short("transfer"), for_=demand(ship_together=True)
    )
    assert not answer.planned
    found = remedy(answer)
    assert (found.line_id, found.from_node, found.to_node) == ("3", "hamburg", "berlin")


@pytest.mark.parametrize("fact", [{"active": False}, {"ships": False, "name": "avoided"}])
def test_nothing_is_brought_from_a_node_that_gives_nothing(fact):
    other = Node(**{"name": "berlin", **fact})
    answer = sourced(
        picture([store("corner"), other], [shelf(other.name, 9)]),
        by=when_short("transfer"),
        for_=collected_at("corner").model_copy(update={"avoid_nodes": ("avoided",)}),
    )
    assert remedy(answer).kind is RemedyKind.HOLD


def test_a_backorder_has_the_date_of_the_supply_that_covers_it():
    supplies = (supply("berlin", 4, 9, number="PO-2"), supply("berlin", 3, 4), supply("berlin", 99, 20, number="PO-3"))
    found = remedy(sourced(picture(BERLIN, [], supplies=supplies), by=when_short("backorder", wait_days=10)))
    assert found.kind is RemedyKind.BACKORDER
    assert found.expected_at == TUESDAY + timedelta(days=9)
    assert found.deadline == TUESDAY + timedelta(days=10)


def test_what_lies_there_shortens_the_wait():
    supplies = (supply("berlin", 2, 4), supply("berlin", 9, 8, number="PO-2"))
    found = remedy(sourced(picture(BERLIN, [shelf("berlin", 3)], supplies=supplies), by=when_short("backorder")))
    assert found.expected_at == TUESDAY + timedelta(days=4)


def test_a_backorder_stands_behind_those_that_wait_already():
    supplies = (supply("berlin", 9, 4), supply("berlin", 9, 8, number="PO-2"))
    waiting = picture(BERLIN, [], supplies=supplies, waiting={"LAMP": 5})
    assert remedy(sourced(waiting, by=when_short("backorder"))).expected_at == TUESDAY + timedelta(days=8)


def test_two_backordered_lines_do_not_count_on_the_same_supply():
    supplies = (supply("berlin", 5, 4), supply("berlin", 5, 8, number="PO-2"))
    answer = sourced(picture(BERLIN, [], supplies=supplies), ("LAMP", 5), ("LAMP", 5), by=when_short("backorder"))
    assert [one.expected_at for one in answer.remedies] == [TUESDAY + timedelta(days=4), TUESDAY + timedelta(days=8)]


@pytest.mark.parametrize("supplies", [(), (supply("berlin", 4, 2),), (supply("berlin", 9, 11),), (supply("x", 9, 2),)])
def test_nobody_waits_for_supply_that_does_not_come_in_time(supplies):
    answer = sourced(picture(BERLIN, [], supplies=supplies), by=when_short("backorder", wait_days=10))
    assert remedy(answer).kind is RemedyKind.HOLD


@pytest.mark.parametrize("supplies", [(), (supply("berlin", 9, None),)])
def test_policy_may_let_an_order_wait_for_nobody_knows_how_long(supplies):
    answer = sourced(picture(BERLIN, [], supplies=supplies), by=when_short("backorder", without_supply=True))
    found = remedy(answer)
    assert (found.kind, found.expected_at) == (RemedyKind.BACKORDER, None)
    assert found.deadline == TUESDAY + timedelta(days=30)


def test_a_bundle_waits_only_for_what_it_lacks():
    kit = [Need(line_id="kit", sku="LAMP", quantity=1), Need(line_id="kit", sku="BULB", quantity=2)]
    shelves = picture(BERLIN, [shelf("berlin", 9, "BULB")], supplies=(supply("berlin", 1, 4),))
    found = remedy(source(when_short("backorder"), "v", kit, demand(), shelves))
    assert (found.kind, found.expected_at) == (RemedyKind.BACKORDER, TUESDAY + timedelta(days=4))
    assert found.needs == tuple(kit)


@pytest.mark.parametrize("fallback", ["backorder", "cancel_line"])
def test_where_the_order_goes_together_nothing_goes_and_only_what_is_short_needs_a_remedy(fallback):
    shelves = picture(BERLIN, [shelf("berlin", 9, "BULB")], supplies=(supply("berlin", 9, 4),))
    answer = sourced(shelves, ("LAMP", 5), ("BULB", 1), by=when_short(fallback, partial=False))
    assert (answer.planned, answer.together) == ((), True)
    assert [(one.line_id, one.kind) for one in answer.remedies] == [("1", fallback)]
    assert [one.sku for one in answer.shortages] == ["LAMP"]
    assert "nothing goes before all of it can go" in answer.decision.reasons
    assert not sourced(shelves, ("LAMP", 5), ("BULB", 1), by=when_short(fallback)).together


@pytest.mark.parametrize("silence", list(Silence))
def test_a_customers_silence_means_what_policy_says(silence):
    found = remedy(sourced(picture(BERLIN, []), by=when_short("ask_customer", silence=silence, wait_days=3)))
    assert (found.kind, found.silence) == (RemedyKind.ASK_CUSTOMER, silence.value)
    assert found.deadline == TUESDAY + timedelta(hours=48)
    assert found.waits_until == TUESDAY + timedelta(hours=48, days=3)


def test_what_is_brought_is_not_waited_for_without_end():
    by = when_short("transfer", wait_days=6)
    nodes = [store("corner"), node("berlin")]
    found = remedy(sourced(picture(nodes, [shelf("berlin", 5)]), by=by, for_=collected_at("corner")))
    assert found.deadline == TUESDAY + timedelta(days=6)


def test_supplies_serve_the_queue_in_the_order_in_which_they_are_expected():
    supplies = (supply("berlin", 5, 8, number="PO-2"), supply("berlin", 5, 4), supply("berlin", 5, None, number="PO-3"))
    shelves = picture(BERLIN, [shelf("berlin", 99)], supplies=supplies, waiting={"LAMP": 3})
    expectations = Expectations(shelves, ["berlin"])
    assert expectations.when({"LAMP": 2}) == TUESDAY + timedelta(days=4)
    assert expectations.when({"LAMP": 3}) == TUESDAY + timedelta(days=8)
    assert expectations.when({"LAMP": 8}) is None
    assert expectations.when({"LAMP": 2, "BULB": 1}) is None


def test_overdue_supply_is_expected_at_any_moment_and_not_in_the_past():
    late = picture(BERLIN, [], supplies=(supply("berlin", 9, -3),))
    assert Expectations(late, ["berlin"]).when({"LAMP": 2}) == TUESDAY


def test_supply_for_a_node_that_is_not_active_helps_nobody():
    closed = picture([node("berlin", active=False)], [], supplies=(supply("berlin", 9, 3),))
    assert remedy(sourced(closed, by=when_short("backorder"))).kind is RemedyKind.HOLD


def test_the_parcels_that_are_left_bound_a_substitute_too():
    nodes = [node("berlin"), node("hamburg")]
    shelves = picture(nodes, [shelf("berlin", 9, "BULB"), shelf("hamburg", 9, "LAMP-2")])
    shortage = ShortageRules(rules=(ShortageRule(fallbacks=(Fallback.SUBSTITUTE,)),), substitutes=(INSTEAD,))
    kinds = {}
    for most in (1, 2):
        by = StockRules(sourcing=SourcingRules(most_parcels=most), shortage=shortage)
        kinds[most] = remedy(sourced(shelves, ("BULB", 1), ("LAMP", 1), by=by)).kind
    assert kinds == {1: RemedyKind.HOLD, 2: RemedyKind.SUBSTITUTE}
