"""Scenarios: how an article's stock at a node runs day by day, and what is ordered on the way (R123)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

from models.policy.stock.replenishing.position import Positions, Spot
from models.policy.stock.replenishing.replenishing import rule_for, wish
from models.policy.stock.replenishing.sensing import daily_demand
from models.policy.stock.rules import ReplenishmentRule
from models.policy.stock.sourcing.shelves import safety_stock
from models.stock.replenishment import PlannedOrder, ProjectedDay, Projection, ScenarioAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from models.policy.stock.rules import StockRules
    from models.stock.picture import Picture
    from models.stock.replenishment import DemandHistory, Scenario

_NOTHING = ReplenishmentRule()


@dataclass(frozen=True)
class _Course:
    """What a projection starts from."""

    spot: Spot
    first: date
    days: int
    on_hand: float
    safety: int
    daily: float
    arriving: Mapping[date, int]
    rule: ReplenishmentRule
    delay: timedelta = timedelta(0)


def play(
    rules: StockRules, picture: Picture, demand: Mapping[Spot, DemandHistory], at: datetime, scenario: Scenario
) -> ScenarioAnswer:
    """Run a scenario beside the course that things take without it.

    Demand is the same every day; backorders take their share on the first. Orders go out at the end of a day as the
    rule says, and come after its lead time; supply of which nobody knows when it comes does not come.
    """
    usual = _course(rules, picture, demand, at, scenario)
    changed = {"reorder_point": scenario.reorder_point, "order_up_to": scenario.order_up_to}
    other = replace(
        usual,
        daily=usual.daily * scenario.demand_factor,
        rule=usual.rule.model_copy(update={name: value for name, value in changed.items() if value is not None}),
        delay=timedelta(days=scenario.supply_delay_days),
    )
    as_it_is, _ = _run(usual)
    as_it_would_be, orders = _run(other)
    return ScenarioAnswer(scenario=scenario, as_it_is=as_it_is, as_it_would_be=as_it_would_be, orders=orders)


def _course(
    rules: StockRules, picture: Picture, demand: Mapping[Spot, DemandHistory], at: datetime, scenario: Scenario
) -> _Course:
    spot = (scenario.sku, scenario.node)
    positions = Positions(picture)
    today = at.astimezone(UTC).date()
    node = positions.nodes.get(scenario.node)
    on_hand = sum(s.balance.on_hand for s in picture.shelves if (s.balance.sku, s.balance.node) == spot)
    preferred = positions.preferred(scenario.sku, [scenario.node])
    return _Course(
        spot=spot,
        first=today + timedelta(days=1),
        days=scenario.days,
        on_hand=positions.free[spot] - (positions.waiting.get(scenario.sku, 0) if preferred else 0),
        safety=safety_stock(rules.availability.safety, node, scenario.sku, on_hand) if node else 0,
        daily=daily_demand(demand.get(spot), rules.replenishment.smoothing, today),
        arriving=_arriving(picture, spot, today + timedelta(days=1)),
        rule=rule_for(rules.replenishment, *spot) or _NOTHING,
    )


def _arriving(picture: Picture, spot: Spot, first: date) -> dict[date, int]:
    """Add up what comes on each day; what is overdue comes on the first."""
    found: dict[date, int] = {}
    for supply in picture.supplies:
        if (supply.sku, supply.node) == spot and supply.expected_at is not None:
            day = max(supply.expected_at.astimezone(UTC).date(), first)
            found[day] = found.get(day, 0) + supply.outstanding
    return found


def _run(course: _Course) -> tuple[Projection, tuple[PlannedOrder, ...]]:
    arriving = {day + course.delay: quantity for day, quantity in course.arriving.items()}
    on_hand = course.on_hand
    days: list[ProjectedDay] = []
    orders: list[PlannedOrder] = []
    for ahead in range(course.days):
        day = course.first + timedelta(days=ahead)
        came = arriving.pop(day, 0)
        on_hand += came - course.daily
        days.append(ProjectedDay(day=day, demand=course.daily, arriving=came, on_hand=round(on_hand, 6)))
        wanted = wish(course.rule, int(on_hand // 1) + sum(arriving.values()), course.daily)
        if wanted is not None:
            arrives = day + timedelta(days=max(course.rule.lead_days, 1)) + course.delay
            arriving[arrives] = arriving.get(arrives, 0) + wanted.quantity
            orders.append(PlannedOrder(day=day, quantity=wanted.quantity, arrives_on=arrives))
    sku, node = course.spot
    short = (one.day for one in days if one.on_hand < course.safety)
    projection = Projection(
        sku=sku, node=node, daily_demand=course.daily, days=tuple(days), runs_out_on=next(short, None)
    )
    return projection, tuple(orders)
