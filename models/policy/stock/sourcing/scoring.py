"""Scoring: which of several ways to send the same goods in as many parcels is the best.

A criterion of which less is better (days, kilometres, money, the priority number) scores 1 for the best of the options
and its fraction for the others: an option twice as dear scores a half. So nothing depends on the currency or the scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.policy.stock.rules import SourcingWeights
    from models.policy.stock.sourcing.candidates import Candidate
    from models.stock.demand import Demand

Option = tuple["Candidate", ...]
"""Nodes that would share the order."""

CRITERIA = ("service", "distance", "cost", "margin", "priority", "capacity")
_DAY = 86_400
_TOO_LATE = 0.5
"""An option that misses the promise scores this part of what its date is worth else."""


@dataclass(slots=True)
class Scored:
    """An option and what it is worth, from 0 to 1."""

    option: Option
    total: float
    parts: dict[str, float]

    def worse_in(self, other: Scored) -> list[str]:
        """The criteria in which the other one is better."""
        return [name for name in CRITERIA if self.parts[name] < other.parts[name]]


@dataclass(slots=True)
class _Facts:
    """What an option means for the customer and for us."""

    days: float
    kilometres: int
    cost: int
    priority: int
    free: float
    in_time: bool


def ranked(weights: SourcingWeights, demand: Demand, options: Sequence[Option]) -> list[Scored]:
    """Score options beside each other, the best first; where they score the same, by node priority and name."""
    if len(options) == 1:
        return [Scored(options[0], 1.0, {})]
    facts = [_facts(option) for option in options]
    days = min((fact.days for fact in facts), default=0)
    kilometres = min((fact.kilometres for fact in facts), default=0)
    cost = min((fact.cost for fact in facts), default=0)
    priority = min((fact.priority for fact in facts), default=0)
    scored: list[Scored] = []
    for option, fact in zip(options, facts, strict=True):
        parts = {
            "service": _less_is_better(days, fact.days) * (1 if fact.in_time else _TOO_LATE),
            "distance": _less_is_better(kilometres, fact.kilometres),
            "cost": _less_is_better(cost, fact.cost),
            "margin": max(demand.worth - fact.cost, 0) / demand.worth if demand.worth else 0.0,
            "priority": _less_is_better(priority, fact.priority),
            "capacity": fact.free,
        }
        scored.append(Scored(option, _weighed(weights, parts), parts))
    scored.sort(key=_best_first)
    return scored


def _facts(option: Option) -> _Facts:
    arrives = max(candidate.arrives for candidate in option)
    at = option[0].at
    return _Facts(
        days=max((arrives - at).total_seconds() / _DAY, 0),
        kilometres=sum(candidate.distance for candidate in option),
        cost=sum(candidate.cost for candidate in option),
        priority=sum(candidate.node.priority for candidate in option),
        free=min(candidate.free for candidate in option),
        in_time=all(candidate.in_time for candidate in option),
    )


def _less_is_better(best: float, own: float) -> float:
    return (best + 1) / (own + 1)


def _weighed(weights: SourcingWeights, parts: dict[str, float]) -> float:
    every = weights.service + weights.distance + weights.cost + weights.margin + weights.priority + weights.capacity
    if not every:
        return 0.0
    total = (
        weights.service * parts["service"]
        + weights.distance * parts["distance"]
        + weights.cost * parts["cost"]
        + weights.margin * parts["margin"]
        + weights.priority * parts["priority"]
        + weights.capacity * parts["capacity"]
    )
    return total / every


def _best_first(scored: Scored) -> tuple[float, list[tuple[int, int, str]]]:
    # Rounded, so that the order of additions does not decide between equals.
    return -round(scored.total, 9), sorted(candidate.preference for candidate in scored.option)
