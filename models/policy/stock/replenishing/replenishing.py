"""Replenishment: what is to be bought or moved, a pure function of rules, the shelves and the demand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from models.policy.stock.replenishing.position import Positions, Spot
from models.policy.stock.replenishing.sensing import daily_demand
from models.stock.replenishment import Proposal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from models.policy.stock.rules import ReplenishmentRule, ReplenishmentRules
    from models.stock.picture import Picture
    from models.stock.replenishment import DemandHistory

_MOST = 1_000_000
"""What one order may ask for."""
_LONGEST_DAYS = 3650


class Wish(NamedTuple):
    """How many are wanted, and why."""

    quantity: int
    because: str


def proposals(  # noqa: PLR0913 - the rules, the facts, and what is known besides
    rules: ReplenishmentRules,
    picture: Picture,
    demand: Mapping[Spot, DemandHistory],
    at: datetime,
    *,
    cycles: Mapping[Spot, int] | None = None,
    asked: Iterable[Proposal] = (),
) -> tuple[Proposal, ...]:
    """Say what the rules ask for now, by article and node.

    Args:
        rules: what is ordered by itself.
        picture: the shelves.
        demand: histories by article and node.
        at: now.
        cycles: how many supplies each article has had at each node. It makes the key: a later cause has another.
        asked: what partners have been asked for and have not settled. It is not proposed anew, and what it takes from
            another node is not there for a third.
    """
    positions, passed = Positions(picture), set[Spot]()
    for one in asked:
        passed.add((one.sku, one.node))
        if one.from_node is not None:
            positions.spare[one.sku, one.from_node] -= one.quantity
    buyer = _Buyer(rules, positions, demand, at, cycles or {}, frozenset(passed))
    return tuple(buyer.proposals())


def rule_for(rules: ReplenishmentRules, sku: str, node: str) -> ReplenishmentRule | None:
    """Find the first rule that fits an article at a node."""
    fits = (rule for rule in rules.rules if fnmatchcase(sku, rule.sku))
    return next((rule for rule in fits if not rule.nodes or node in rule.nodes), None)


def named_by(rule: ReplenishmentRule, skus: Iterable[str]) -> set[str]:
    """Name the articles a rule fits; one that it spells out is among them though nobody has seen it yet."""
    fits = {sku for sku in skus if fnmatchcase(sku, rule.sku)}
    is_pattern = any(character in rule.sku for character in "*?[")
    return fits if is_pattern else fits | {rule.sku}


def wish(rule: ReplenishmentRule, position: int, daily: float) -> Wish | None:
    """Say how many a rule wants at a position, in whole packs; None: none.

    By the points it orders at or below `reorder_point`, up to `order_up_to`. Demand-linked it orders below the demand
    of lead time and `demand_days`, and so many that they last `demand_days` longer: else each unit sold would be an
    order of its own. Backorders alone are demand as well.
    """
    reasons: list[str] = []
    target = 0
    by_points = rule.reorder_point > 0 or daily > 0 or position < 0
    if by_points and position <= rule.reorder_point:
        target = max(rule.order_up_to, rule.reorder_point)
        reasons.append(f"{position} left with what is coming, at or below {rule.reorder_point}")
    cover = ceil(daily * (rule.lead_days + rule.demand_days)) if rule.demand_days else 0
    if position < cover:
        target = max(target, rule.order_up_to, cover + ceil(daily * rule.demand_days))
        days = rule.lead_days + rule.demand_days
        reasons.append(f"{position} left with what is coming, below {cover}: {days} days of {daily:.1f} a day")
    if not reasons or target <= position:
        return None
    packs = min(-(-(target - position) // rule.pack), _MOST // rule.pack)
    return Wish(packs * rule.pack, "; ".join(reasons)) if packs else None


def _spots(rules: ReplenishmentRules, positions: Positions, demand: Iterable[Spot]) -> dict[Spot, ReplenishmentRule]:
    """Find what is looked at: what a rule names, and what has been seen at or wanted of a node."""
    seen = positions.seen | set(demand)
    skus = {sku for sku, _ in seen} | set(positions.waiting)
    named = {(sku, node) for rule in rules.rules for node in rule.nodes for sku in named_by(rule, skus)}
    found: dict[Spot, ReplenishmentRule] = {}
    for sku, node in seen | named:
        rule = rule_for(rules, sku, node)
        if rule is not None and node in positions.nodes:
            found[sku, node] = rule
    return found


@dataclass(frozen=True)
class _Buyer:
    """Goes from shelf to shelf with the rules in hand."""

    rules: ReplenishmentRules
    positions: Positions
    demand: Mapping[Spot, DemandHistory]
    at: datetime
    cycles: Mapping[Spot, int]
    passed: frozenset[Spot]
    """Nothing is proposed for these."""

    def proposals(self) -> Iterator[Proposal]:
        """Propose, by article, the preferred node first."""
        spots = _spots(self.rules, self.positions, self.demand)
        for sku in sorted({sku for sku, _ in spots}):
            nodes = [node for node in self.positions.nodes if (sku, node) in spots]
            preferred = self.positions.preferred(sku, nodes)
            for node in nodes:
                waiting = self.positions.waiting[sku] if node == preferred else 0
                proposal = self._at((sku, node), spots[sku, node], waiting)
                if proposal is not None:
                    yield proposal

    def _at(self, spot: Spot, rule: ReplenishmentRule, waiting: int) -> Proposal | None:
        if spot in self.passed:
            return None
        sku, node = spot
        position = self.positions.of(spot, waiting_here=waiting)
        daily = daily_demand(self.demand.get(spot), self.rules.smoothing, self.at.astimezone(UTC).date())
        wanted = wish(rule, position, daily)
        if wanted is None:
            return None
        source = self._source(spot, wanted.quantity)
        return Proposal(
            key=f"replenish/{node}/{sku}/{self.cycles.get(spot, 0)}",
            sku=sku,
            node=node,
            quantity=wanted.quantity,
            supplier=rule.supplier if source is None else None,
            from_node=source,
            needed_by=_sold_out(self.at, position, daily),
            expected_at=self.at + timedelta(days=rule.lead_days),
            because=wanted.because,
        )

    def _source(self, spot: Spot, quantity: int) -> str | None:
        """Name the node that refills this one, if it has enough to spare; what one is sent, the next cannot be."""
        sku, node = spot
        source = self.positions.nodes[node].replenished_from
        if source is None or self.positions.spare[sku, source] < quantity:
            return None
        self.positions.spare[sku, source] -= quantity
        return source


def _sold_out(at: datetime, position: int, daily: float) -> datetime | None:
    """When the position is sold out at that demand; None where there is none to speak of."""
    if position <= 0:
        return at
    days = position / daily if daily else _LONGEST_DAYS
    return at + timedelta(days=days) if days < _LONGEST_DAYS else None
