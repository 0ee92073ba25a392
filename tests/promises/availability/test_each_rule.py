"""Each rule and each state has its own term, and says why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.policy.stock.rules import (
    AvailabilityRules,
    ChannelRule,
    ExpiryRule,
    SafetyRule,
    SourcingRules,
    SpikeRule,
    StoreRiskRule,
)
from models.stock.lots import LotStatus
from models.stock.nodes import Calendar, Node, NodeKind
from models.stock.supply import SupplyState
from tests.promises.availability.pictures import NOW, ask, fence, picture, said, shelf, supply

TODAY = NOW.date()
SHOP = Node(name="shop", kind=NodeKind.STORE)


def test_what_orders_have_and_what_is_unfit_is_not_promised_again() -> None:
    states = {"soft_reserved": 1, "allocated": 2, "picked": 3, "quarantined": 4, "damaged": 5, "in_inspection": 6}

    answer = ask(picture(shelf(100, **states)))

    assert answer.atp == answer.ats == 100 - 21
    assert said(answer.nodes[0].terms) == {"on_hand": 100} | {name: -quantity for name, quantity in states.items()}
    assert all(term.because for term in answer.nodes[0].terms)


def test_what_is_in_transit_or_on_order_does_not_lie_there() -> None:
    assert ask(picture(shelf(5, in_transit=40, on_order=60))).atp == 5


def test_the_nodes_add_up_and_one_alone_can_be_asked_about() -> None:
    seen = picture(shelf(5), shelf(7, node="south"))

    assert ask(seen).atp == 12
    alone = ask(seen, node="south")
    assert (alone.atp, [node.node for node in alone.nodes]) == (7, ["south"])


def test_safety_stock_is_the_larger_of_units_and_per_cent_rounded_up() -> None:
    rules = AvailabilityRules(
        safety=(SafetyRule(sku="MUG", nodes=("south",), units=3, percent=15), SafetyRule(units=1)),
    )

    answer = ask(picture(shelf(10), shelf(41, node="south")), rules)

    assert [said(node.terms)["safety"] for node in answer.nodes] == [-1, -7]
    assert answer.atp == 9 + 34


def test_safety_stock_beyond_what_is_there_leaves_nothing_and_not_less() -> None:
    answer = ask(picture(shelf(2), shelf(8, node="south")), AvailabilityRules(safety=(SafetyRule(units=5),)))

    assert said(answer.nodes[0].terms) == {"on_hand": 2, "safety": -5, "floor": 3}
    assert answer.atp == 3


@pytest.mark.parametrize(("days_left", "counts"), [(29, False), (30, True)])
def test_a_lot_with_too_few_days_left_is_not_for_sale(days_left: int, *, counts: bool) -> None:
    rules = AvailabilityRules(expiry=(ExpiryRule(sku="MU*", days=30),))
    lot = shelf(10, lot="L1", about={"expires_on": TODAY + timedelta(days=days_left)}, allocated=4)

    answer = ask(picture(lot, shelf(1, lot="L2")), rules)

    assert answer.atp == (7 if counts else 1)
    assert ("near_expiry" in said(answer.nodes[0].terms)) is not counts


def test_an_expired_lot_needs_no_rule_to_be_left_out() -> None:
    answer = ask(picture(shelf(10, lot="L1", about={"expires_on": date(2026, 11, 20)})))

    assert answer.atp == 0
    assert "L1 expires on 2026-11-20" in answer.nodes[0].terms[1].because


def test_for_a_day_to_come_a_lot_must_be_good_then() -> None:
    lot = shelf(10, lot="L1", about={"expires_on": TODAY + timedelta(days=5)})

    assert ask(picture(lot)).atp == 10
    assert ask(picture(lot), at=NOW + timedelta(days=6)).atp == 0


def test_asked_about_a_day_that_is_past_only_what_is_good_today_counts() -> None:
    expired = shelf(10, lot="L1", about={"expires_on": TODAY - timedelta(days=1)})
    near = shelf(10, lot="L1", about={"expires_on": TODAY + timedelta(days=10)})
    rules = AvailabilityRules(expiry=(ExpiryRule(days=30),))

    assert ask(picture(expired), at=NOW - timedelta(days=9)).atp == 0
    assert ask(picture(near), rules, at=NOW - timedelta(days=60)).atp == 0


@pytest.mark.parametrize(
    ("zone", "good_until_yesterday", "good_until_today"),
    [("Pacific/Honolulu", 10, 10), ("UTC", 0, 10), ("Pacific/Kiritimati", 0, 10), ("Asia/Tokyo", 0, 10)],
)
def test_a_lots_last_day_ends_where_it_lies(zone: str, good_until_yesterday: int, good_until_today: int) -> None:
    node = Node(name="north", calendar=Calendar(time_zone=zone))
    days = {TODAY - timedelta(days=1): good_until_yesterday, TODAY: good_until_today}
    for day, atp in days.items():
        seen = picture(shelf(10, lot="L1", about={"expires_on": day}), nodes=(node,))
        assert ask(seen).atp == atp


@pytest.mark.parametrize(
    ("about", "term"),
    [
        ({"lot_status": LotStatus.RECALLED}, "lot_status"),
        ({"expires_on": TODAY + timedelta(days=3)}, "near_expiry"),
        ({"expires_on": TODAY + timedelta(days=7)}, None),
    ],
)
def test_of_what_is_expected_nobody_is_promised_what_may_not_be_sold_when_it_comes(
    about: dict[str, object], term: str | None
) -> None:
    seen = picture(shelf(0, lot="L1", about=about, on_order=50), supplies=(supply(50, days=5, lot="L1"),))
    rules = AvailabilityRules(channels={"b2b": ChannelRule(sells_expected=True)})

    for answer in (ask(seen, at=NOW + timedelta(days=6)), ask(seen, rules, channel="b2b")):
        terms = said(answer.nodes[0].terms)
        assert (terms["inbound"], answer.atp) == (50, 0 if term else 50)
        assert terms.get(term or "near_expiry", 0) == (-50 if term else 0)


@pytest.mark.parametrize("changed", [{"lanes": ()}, {"ships": False}, {"ships": False, "collects": True}])
def test_what_no_parcel_can_leave_from_is_not_shown_to_those_who_send(changed: dict[str, object]) -> None:
    node = Node.model_validate({"name": "north"} | changed)
    seen = picture(shelf(8), nodes=(node,))

    assert ask(seen, channel="shopify").ats == 0
    assert said(ask(seen).nodes[0].terms) == {"on_hand": 8, "not_sourced": -8}
    # Where customers collect, the place itself has it for them.
    assert ask(seen, node="north").ats == (8 if node.collects else 0)


@pytest.mark.parametrize("status", [LotStatus.QUARANTINED, LotStatus.RECALLED])
def test_a_lot_that_is_not_released_is_left_out(status: LotStatus) -> None:
    answer = ask(picture(shelf(10, lot="L1", about={"lot_status": status}, damaged=1), shelf(2)))

    assert said(answer.nodes[0].terms) == {"on_hand": 12, "damaged": -1, "lot_status": -9}
    assert answer.atp == 2


def test_ring_fenced_stock_is_for_its_holder_alone() -> None:
    seen = picture(shelf(10, channel_reserved=6), fences=(fence(4, "channel:b2b"), fence(2, "class:dealer")))

    assert ask(seen).atp == 4
    assert ask(seen, channel="shopify").atp == 4
    assert ask(seen, channel="b2b").atp == 8
    assert ask(seen, channel="shopify", customer_class="dealer").atp == 6
    whose = next(term for term in ask(seen).nodes[0].terms if term.name == "channel_reserved")
    assert "4 for channel:b2b, 2 for class:dealer" in whose.because


def test_safety_stock_does_not_eat_into_the_holders_own() -> None:
    seen = picture(shelf(6, channel_reserved=4), fences=(fence(4, "channel:b2b"),))

    assert ask(seen, AvailabilityRules(safety=(SafetyRule(units=3),)), channel="b2b").atp == 4


def test_expected_supply_counts_only_for_a_date_and_only_if_it_comes_by_then() -> None:
    seen = picture(shelf(1), supplies=(supply(40, days=3), supply(60, days=9, number="PO-2")))

    assert ask(seen).atp == 1
    by_then = ask(seen, at=NOW + timedelta(days=4))
    assert by_then.atp == 41
    assert "purchase PO-1, expected on 2026-11-24" in by_then.nodes[0].terms[-1].because
    assert ask(seen, at=NOW + timedelta(days=9)).atp == 101


def test_a_channel_may_sell_what_is_expected() -> None:
    rules = AvailabilityRules(channels={"b2b": ChannelRule(sells_expected=True)})
    seen = picture(shelf(1), supplies=(supply(40, days=30),))

    assert ask(seen, rules, channel="b2b").ats == 41
    assert ask(seen, rules, channel="shopify").ats == 1


@pytest.mark.parametrize(
    "late",
    [
        supply(40, days=-1),
        supply(40, days=None),
        supply(40, days=2, state=SupplyState.CANCELLED),
        supply(40, days=2, received=40),
    ],
)
def test_what_is_overdue_undated_or_done_with_is_not_counted_on(late: object) -> None:
    assert ask(picture(shelf(1), supplies=(late,)), at=NOW + timedelta(days=9)).atp == 1


def test_of_a_supply_only_what_is_outstanding_counts() -> None:
    assert ask(picture(supplies=(supply(40, days=2, received=15),)), at=NOW + timedelta(days=2)).atp == 25


def test_backorders_are_served_first_and_by_whichever_node() -> None:
    seen = picture(shelf(5), shelf(7, node="south"), waiting={"MUG": 9, "CUP": 50})

    answer = ask(seen)
    assert (answer.atp, answer.ats, said(answer.terms)) == (12, 3, {"waiting": -9})
    # It is left to them at the preferred node first, as sourcing leaves it: whoever collects there gets none of it.
    assert said(ask(seen, node="north").terms) == {"waiting": -5}
    south = ask(seen, node="south")
    assert (south.ats, said(south.terms)) == (3, {"waiting": -4})
    assert "5 of them elsewhere" in south.terms[0].because


def test_more_backorders_than_stock_leave_nothing() -> None:
    answer = ask(picture(shelf(5), waiting={"MUG": 9}))

    assert (answer.ats, said(answer.terms)) == (0, {"waiting": -5})
    assert "9 wanted by backorders" in answer.terms[0].because


def test_who_waits_has_no_claim_to_what_is_set_aside_for_the_asker() -> None:
    seen = picture(shelf(8, channel_reserved=5), fences=(fence(5, "class:dealer"),), waiting={"MUG": 6})

    assert ask(seen, customer_class="dealer").ats == 5
    assert ask(seen).ats == 0


def test_a_channel_shows_less_by_the_larger_buffer() -> None:
    rules = AvailabilityRules(channels={"shopify": ChannelRule(buffer_units=2, buffer_percent=10)})

    assert ask(picture(shelf(15)), rules, channel="shopify").ats == 13
    assert ask(picture(shelf(41)), rules, channel="shopify").ats == 36
    assert ask(picture(shelf(1)), rules, channel="shopify").ats == 0
    assert ask(picture(shelf(41)), rules).ats == 41


def test_a_channel_is_shown_its_share_and_never_more_than_its_most() -> None:
    rules = AvailabilityRules(channels={"shopify": ChannelRule(share_percent=60, most=50)})

    assert said(ask(picture(shelf(11)), rules, channel="shopify").terms) == {"share": -5}
    answer = ask(picture(shelf(100)), rules, channel="shopify")
    assert (answer.ats, said(answer.terms)) == (50, {"share": -40, "most": -10})


def test_a_channel_may_sell_so_much_beyond_what_can_be_promised_as_its_rule_tolerates() -> None:
    plain = AvailabilityRules(channels={"shopify": ChannelRule(oversell_units=5)})
    capped = AvailabilityRules(channels={"shopify": ChannelRule(oversell_units=5, most=6)})

    answer = ask(picture(shelf(3)), plain, channel="shopify")

    assert (answer.atp, answer.ats, said(answer.terms)) == (3, 8, {"oversell": 5})
    assert ask(picture(shelf(0)), plain, channel="shopify").ats == 5
    assert ask(picture(shelf(3)), capped, channel="shopify").ats == 6
    assert ask(picture(shelf(3)), plain, channel="amazon").ats == 3


def test_while_a_channel_spikes_it_is_shown_less() -> None:
    rules = AvailabilityRules(spikes=(SpikeRule(sku="MUG", channels=("shopify",), share_percent=25),))
    seen = picture(shelf(100))

    assert ask(seen, rules, channel="shopify").ats == 100
    assert ask(seen, rules, channel="shopify", facts={"spiking": True}).ats == 25
    assert ask(seen, rules, channel="amazon", facts={"spiking": True}).ats == 100


@pytest.mark.parametrize(
    ("coming", "atp"), [((), 0), ((supply(5, days=2, node="shop"),), 3), ((supply(9, days=2, node="shop"),), 6)]
)
def test_a_store_that_may_run_out_keeps_its_stock_for_the_counter(coming: tuple[object, ...], atp: int) -> None:
    rules = AvailabilityRules(store_risk=(StoreRiskRule(cover_days=4),))

    answer = ask(
        picture(shelf(6, node="shop"), nodes=(SHOP,), supplies=coming), rules, facts={"daily_sales": {"shop": 1.9}}
    )

    assert answer.atp == atp


def test_only_stores_are_at_risk_and_supply_after_the_days_does_not_help() -> None:
    rules = AvailabilityRules(store_risk=(StoreRiskRule(cover_days=3),))
    seen = picture(
        shelf(10), shelf(10, node="shop"), nodes=(Node(name="north"), SHOP), supplies=(supply(50, days=5, node="shop"),)
    )

    answer = ask(seen, rules, facts={"daily_sales": {"shop": 2.0, "north": 2.0}})

    assert [node.atp for node in answer.nodes] == [10, 4]


@pytest.mark.parametrize(
    "node",
    [
        Node(name="north", active=False),
        Node(name="north", ships=False),
        Node(name="north", kind=NodeKind.SUPPLIER),
    ],
)
def test_stock_that_sourcing_would_never_take_is_not_promised(node: Node) -> None:
    answer = ask(picture(shelf(10), nodes=(node,)))

    assert (answer.atp, said(answer.nodes[0].terms)) == (0, {"on_hand": 10, "not_sourced": -10})


def test_a_supplier_who_sends_for_us_counts() -> None:
    seen = picture(shelf(10), nodes=(Node(name="north", kind=NodeKind.SUPPLIER),))

    assert ask(seen, facts={"sourcing": SourcingRules(drop_ship=("MU*",))}).atp == 10
