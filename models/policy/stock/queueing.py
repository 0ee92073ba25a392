"""The queue of backorders: who is served first, with what, and when the others may expect it. Pure.

The queue is kept article by article and strictly: what an earlier backorder could use is never given to a later one,
even where the earlier one still waits for something else. A later one whose articles nobody before it wants goes ahead.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.policy.stock.sourcing.candidates import Field, drop_shipped
from models.policy.stock.sourcing.shelves import Stock
from models.policy.stock.sourcing.sourcing import source
from models.stock.nodes import NodeKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from models.policy.policy_set import PolicySet
    from models.policy.stock.rules import SourcingRules, StockRules
    from models.policy.stock.sourcing.plan import Planned
    from models.stock.backorders import Backorder
    from models.stock.demand import Demand
    from models.stock.picture import Picture, RingFence, Shelf

Spot = tuple[str, str, str]
"""A balance: SKU, node and lot."""


def order_of_service(waiting: Iterable[Backorder]) -> tuple[Backorder, ...]:
    """Sort by priority, the highest number first; then by when the order was placed; then by key."""
    return tuple(sorted(waiting, key=lambda one: (-one.demand.priority, one.demand.placed_at or one.since, one.key)))


def serve(
    queue: Iterable[Backorder], picture: Picture, policies: Mapping[str, PolicySet]
) -> Iterator[tuple[Backorder, tuple[Planned, ...]]]:
    """Go through the queue and plan for each what it can have; nothing planned: it goes on waiting.

    Args:
        queue: in the order of service.
        picture: the shelves as they are; what is planned, or kept for one who waits, is taken off in memory.
        policies: by key, under which rules each is sourced.
    """
    left = _Left(picture)
    for backorder in queue:
        policy = policies[backorder.key]
        seen = left.picture_for(backorder)
        planned = _whole(backorder, seen, policy)
        left.take(planned or within_reach(backorder, seen, policy.stock))
        yield backorder, planned


def forecast(
    queue: Iterable[Backorder], picture: Picture, policies: Mapping[str, PolicySet]
) -> dict[str, datetime | None]:
    """Say when each can be served from what is there and what is expected, those before it served first.

    None where nobody knows: not enough is expected, or the supply has no date.
    """
    left = _Left(picture)
    supplies = _Supplies(picture)
    senders = _Senders(picture)
    expected: dict[str, datetime | None] = {}
    for backorder in queue:
        rules = policies[backorder.key].stock
        seen = left.picture_for(backorder)
        nodes = senders.of(backorder.demand, rules.sourcing)
        there = within_reach(backorder, seen, rules)
        left.take(there)
        anyhow = (_missing(backorder, there), nodes)
        ways = _from_one_node(backorder, seen, rules, nodes) if backorder.demand.ship_together else [anyhow]
        dated = [(date, place) for place, way in enumerate(ways) if (date := supplies.when(*way)) is not None]
        date, place = min(dated, default=(None, None))
        expected[backorder.key] = date
        # Too little for it is kept for it all the same: nobody later counts on that.
        supplies.take(*(anyhow if place is None else ways[place]))
    return expected


def _from_one_node(
    backorder: Backorder, picture: Picture, rules: StockRules, nodes: Iterable[str]
) -> list[tuple[Counter[str], Collection[str]]]:
    """What it lacks at each node, should that one alone send it."""
    alone = [frozenset({name}) for name in sorted(nodes)]
    return [(_missing(backorder, within_reach(backorder, picture, rules, node)), node) for node in alone]


def _missing(backorder: Backorder, there: Iterable[Planned]) -> Counter[str]:
    """What it lacks, by article."""
    missing: Counter[str] = Counter()
    for need in backorder.needs:
        missing[need.sku] += need.quantity
    for planned in there:
        missing[planned.allocation.sku] -= planned.allocation.quantity
    return +missing


def within_reach(
    backorder: Backorder, picture: Picture, rules: StockRules, nodes: Collection[str] | None = None
) -> tuple[Planned, ...]:
    """Whatever of it is there for it, however little: what is kept for it while it waits for the rest.

    Args:
        backorder: who waits.
        picture: what is there.
        rules: those it came under.
        nodes: only there; none: wherever it may come from.
    """
    if not _anything_in(picture):
        return ()
    skus = {need.sku for need in backorder.needs}
    stock = Stock(rules, backorder.demand.holders, picture, skus)
    sent_for_us = drop_shipped(rules.sourcing, skus)
    candidates = [
        one for one in Field(rules.sourcing, backorder.demand, picture).candidates if nodes is None or one.name in nodes
    ]
    planned: list[Planned] = []
    for need in backorder.needs:
        missing = need.quantity
        for candidate in candidates:
            may_give = candidate.node.kind is not NodeKind.SUPPLIER or need.sku in sent_for_us
            here = min(missing, stock.levels.get(candidate.name, {}).get(need.sku, 0)) if may_give else 0
            if here > 0:
                planned += stock.take(need.line_id, need.sku, candidate.name, here)
                missing -= here
    return tuple(planned)


def _whole(backorder: Backorder, picture: Picture, policies: PolicySet) -> tuple[Planned, ...]:
    """All of it, as its own demand and rules say, or nothing."""
    if not _anything_in(picture):
        return ()
    planned = source(policies.stock, policies.version, backorder.needs, backorder.demand, picture).planned
    given = sum(one.allocation.quantity for one in planned)
    return planned if given == sum(need.quantity for need in backorder.needs) else ()


def _anything_in(picture: Picture) -> bool:
    """Whether anything lies anywhere: a cheap look, so that a long queue for nothing costs nothing."""
    return any(shelf.balance.available + shelf.balance.channel_reserved > 0 for shelf in picture.shelves)


class _Left:
    """What is left on the shelves while the queue is gone through; article by article, for a queue wants many."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._shelves: defaultdict[str, dict[Spot, Shelf]] = defaultdict(dict)
        self._fences: defaultdict[str, dict[tuple[Spot, str], RingFence]] = defaultdict(dict)
        for shelf in picture.shelves:
            balance = shelf.balance
            self._shelves[balance.sku][balance.sku, balance.node, balance.lot] = shelf
        for fence in picture.fences:
            self._fences[fence.sku][(fence.sku, fence.node, fence.lot), fence.holder] = fence

    def picture_for(self, backorder: Backorder) -> Picture:
        """What is left of what a backorder wants."""
        skus = sorted({need.sku for need in backorder.needs})
        shelves = tuple(shelf for sku in skus for shelf in self._shelves[sku].values())
        fences = tuple(fence for sku in skus for fence in self._fences[sku].values())
        return self._picture.model_copy(update={"shelves": shelves, "fences": fences})

    def take(self, planned: Iterable[Planned]) -> None:
        """Take off what was planned, or is kept for somebody."""
        for one in planned:
            part = one.allocation
            spot = (part.sku, part.node, part.lot)
            shelf = self._shelves[part.sku][spot]
            after = {
                "soft_reserved": shelf.balance.soft_reserved + part.quantity,
                "channel_reserved": shelf.balance.channel_reserved - one.fenced,
            }
            balance = shelf.balance.model_copy(update=after)
            self._shelves[part.sku][spot] = shelf.model_copy(update={"balance": balance})
            if one.fenced and one.holder is not None:
                fence = self._fences[part.sku][spot, one.holder]
                rest = fence.model_copy(update={"quantity": fence.quantity - one.fenced})
                self._fences[part.sku][spot, one.holder] = rest


class _Senders:
    """Which nodes may serve a demand: the same for all that go to one place in one way."""

    def __init__(self, picture: Picture) -> None:
        self._nodes = picture.model_copy(update={"shelves": (), "fences": (), "supplies": ()})
        self._known: dict[tuple[object, ...], frozenset[str]] = {}

    def of(self, demand: Demand, rules: SourcingRules) -> frozenset[str]:
        way = (demand.delivery, demand.pick_up_at, demand.country, demand.postal_prefix)
        key = (*way, demand.avoid_nodes, demand.only_at, rules.node_kinds)
        if key not in self._known:
            self._known[key] = frozenset(one.name for one in Field(rules, demand, self._nodes).candidates)
        return self._known[key]


@dataclass(slots=True)
class _Coming:
    """What is left of a supply while it is dealt out."""

    date: datetime
    node: str
    quantity: int


class _Supplies:
    """What is expected of each article, the soonest first, while it is dealt out."""

    def __init__(self, picture: Picture) -> None:
        self._coming: defaultdict[str, list[_Coming]] = defaultdict(list)
        coming = [one for one in picture.coming_for_sale() if one.outstanding]
        dated = [(one.expected_at, one) for one in coming if one.expected_at is not None]
        for date, supply in sorted(dated, key=lambda pair: (pair[0], pair[1].id, pair[1].node, pair[1].lot)):
            self._coming[supply.sku].append(_Coming(date, supply.node, supply.outstanding))

    def when(self, missing: Mapping[str, int], nodes: Collection[str]) -> datetime | None:
        """When the last of what is missing comes to these nodes; None where nothing is, or too little will come."""
        dates = [self._served(sku, quantity, nodes) for sku, quantity in missing.items()]
        known = [date for date in dates if date is not None]
        return max(known) if known and len(known) == len(dates) else None

    def take(self, missing: Mapping[str, int], nodes: Collection[str]) -> None:
        """Deal it out as far as it goes: nobody later counts on it."""
        for sku, quantity in missing.items():
            left = quantity
            for coming in self._to(sku, nodes):
                part = min(coming.quantity, left)
                coming.quantity -= part
                left -= part

    def _served(self, sku: str, quantity: int, nodes: Collection[str]) -> datetime | None:
        for coming in self._to(sku, nodes):
            quantity -= coming.quantity
            if quantity <= 0:
                return coming.date
        return None

    def _to(self, sku: str, nodes: Collection[str]) -> Iterator[_Coming]:
        return (coming for coming in self._coming[sku] if coming.node in nodes and coming.quantity)
