"""Promotions that the stock will not carry: campaigns held against what will be there when they start (R125)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, timedelta
from math import ceil
from typing import TYPE_CHECKING

from models.policy.stock.replenishing.position import Positions, Spot
from models.policy.stock.replenishing.sensing import daily_demand
from models.stock.replenishment import Uncovered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from models.policy.stock.rules import ReplenishmentRules
    from models.stock.picture import Picture
    from models.stock.replenishment import DemandHistory, Promotion


def uncovered(
    rules: ReplenishmentRules,
    picture: Picture,
    demand: Mapping[Spot, DemandHistory],
    at: datetime,
    promotions: Iterable[Promotion],
) -> tuple[Uncovered, ...]:
    """Name the promotions without enough stock, the first to start first.

    There for one is what is free now at all nodes that are ours and what comes by its first day, less backorders and
    the usual demand until its last; promotions of the same article share, and the first to start is served first.
    """
    today = at.astimezone(UTC).date()
    running = (promotion for promotion in promotions if promotion.ends >= today)
    positions = Positions(picture)
    taken: Counter[str] = Counter()
    found: list[Uncovered] = []
    for promotion in sorted(running, key=lambda one: (one.starts, one.id)):
        there = _free(positions, picture, promotion) + _coming(picture, promotion.sku, max(promotion.starts, today))
        usual = _usual(rules, demand, promotion, today)
        left = there - usual - picture.waiting.get(promotion.sku, 0) - taken[promotion.sku]
        covered = min(max(left, 0), promotion.expected)
        taken[promotion.sku] += covered
        if covered < promotion.expected:
            because = f"{there} will be there, {usual} of it for the usual demand until {promotion.ends}"
            missing = promotion.expected - covered
            found.append(Uncovered(promotion=promotion, covered=covered, missing=missing, because=because))
    return tuple(found)


def _free(positions: Positions, picture: Picture, promotion: Promotion) -> int:
    free = sum(
        quantity for (sku, node), quantity in positions.free.items() if sku == promotion.sku and node in positions.nodes
    )
    if promotion.channel is None:
        return free
    # What is set aside for others is not for this channel's campaign.
    own = f"channel:{promotion.channel}"
    others = (fence for fence in picture.fences if fence.sku == promotion.sku and fence.holder != own)
    return max(free - sum(fence.quantity for fence in others if fence.node in positions.nodes), 0)


def _coming(picture: Picture, sku: str, by: date) -> int:
    return sum(
        supply.outstanding
        for supply in picture.supplies
        if supply.sku == sku and supply.expected_at is not None and supply.expected_at.astimezone(UTC).date() <= by
    )


def _usual(rules: ReplenishmentRules, demand: Mapping[Spot, DemandHistory], promotion: Promotion, today: date) -> int:
    daily = sum(
        daily_demand(history, rules.smoothing, today) for (sku, _), history in demand.items() if sku == promotion.sku
    )
    return ceil(daily * ((promotion.ends - today) + timedelta(days=1)).days)
