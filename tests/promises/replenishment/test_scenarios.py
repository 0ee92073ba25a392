"""What if demand doubles, the supplier is late, or the rule is another? The stock is run forward day by day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.policy.stock.replenishing.projecting import play
from models.policy.stock.rules import AvailabilityRules, ReplenishmentRule, SafetyRule, StockRules
from models.stock.picture import Picture
from models.stock.replenishment import Scenario, ScenarioAnswer
from tests.promises.replenishment.pictures import NOW, TODAY, by, coming, picture, shelf, wanted

TEN_A_DAY = wanted(*[10] * 14)


def played(seen: Picture, *rules: ReplenishmentRule, safety: int = 0, **changes: float) -> ScenarioAnswer:
    kept = (SafetyRule(units=safety),) if safety else ()
    stock = StockRules(replenishment=by(*rules), availability=AvailabilityRules(safety=kept))
    return play(stock, seen, TEN_A_DAY, NOW, Scenario(sku="MUG", node="berlin", **changes))


def test_stock_falls_by_the_sensed_demand_and_rises_by_what_arrives() -> None:
    answer = played(picture(shelf(100, allocated=20), supplies=(coming(50, 3),)), days=5)
    assert [day.on_hand for day in answer.as_it_is.days] == pytest.approx([70, 60, 100, 90, 80])
    assert [day.arriving for day in answer.as_it_is.days] == [0, 0, 50, 0, 0]
    assert answer.as_it_is == answer.as_it_would_be
    assert answer.as_it_is.runs_out_on is None


def test_more_demand_empties_the_shelf_sooner() -> None:
    answer = played(picture(shelf(65)), demand_factor=2.0, days=10)
    assert answer.as_it_is.runs_out_on == TODAY + timedelta(days=7)
    assert answer.as_it_would_be.runs_out_on == TODAY + timedelta(days=4)
    assert answer.as_it_would_be.daily_demand == pytest.approx(20)


def test_running_out_is_falling_below_the_safety_stock() -> None:
    assert played(picture(shelf(65)), safety=20, days=10).as_it_is.runs_out_on == TODAY + timedelta(days=5)


def test_a_late_supplier_leaves_a_gap() -> None:
    answer = played(picture(shelf(45), supplies=(coming(500, 3),)), supply_delay_days=4, days=10)
    assert answer.as_it_is.runs_out_on is None
    assert answer.as_it_would_be.runs_out_on == TODAY + timedelta(days=5)
    assert answer.as_it_would_be.days[6].arriving == 500


def test_what_is_overdue_comes_first_and_what_nobody_has_a_date_for_does_not_come() -> None:
    answer = played(picture(shelf(0), supplies=(coming(30, -5), coming(70, None))), days=2)
    assert [day.arriving for day in answer.as_it_is.days] == [30, 0]


def test_another_rule_shows_what_would_be_ordered_and_when_it_comes() -> None:
    rule = ReplenishmentRule(sku="MUG", reorder_point=10, order_up_to=50, lead_days=3, pack=10)
    answer = played(picture(shelf(60)), rule, reorder_point=40, order_up_to=100, days=8)
    assert answer.as_it_is.runs_out_on is not None, "ordered at ten left, with ten a day and three days to wait"
    assert answer.as_it_would_be.runs_out_on is None
    first = answer.orders[0]
    assert (first.day, first.quantity) == (TODAY + timedelta(days=2), 60)
    assert first.arrives_on == TODAY + timedelta(days=5)
    assert answer.as_it_would_be.days[4].arriving == 60


def test_backorders_are_served_first() -> None:
    answer = played(picture(shelf(30), waiting={"MUG": 25}), days=1)
    assert answer.as_it_is.days[0].on_hand == pytest.approx(-5)
