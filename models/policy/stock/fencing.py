"""Ring-fencing: how much of an article is kept at a node for one holder, and what has to move for it. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from models.policy.stock.rules import AvailabilityRules, FenceRule
    from models.stock.picture import RingFence, Shelf

Place = tuple[str, str]
"""A node and a holder."""


@dataclass(frozen=True)
class FenceMove:
    """So many more, or fewer, of a balance are set aside for a holder."""

    sku: str
    node: str
    lot: str
    holder: str
    quantity: int


def wanted(rules: Iterable[FenceRule], sku: str, opened: Collection[str] = ()) -> dict[Place, int]:
    """What is to be set aside of an article, for each node and holder the first rule that fits; none for the opened."""
    found: dict[Place, int] = {}
    for rule in rules:
        if fnmatchcase(sku, rule.sku):
            found.setdefault((rule.node, rule.holder), 0 if rule.holder in opened else rule.units)
    return found


def opened_by(rules: AvailabilityRules, sku: str, spiking: Iterable[str]) -> frozenset[str]:
    """Whose ring-fences are open while these channels buy an article as never before."""
    counting = (rules.spike(sku, channel) for channel in spiking)
    return frozenset(holder for rule in counting if rule is not None for holder in rule.frees_fences_of)


def moves(
    rules: Iterable[FenceRule],
    shelves: Sequence[Shelf],
    fences: Iterable[RingFence],
    *,
    opened: Collection[str],
    days: Mapping[str, date],
) -> tuple[FenceMove, ...]:
    """What has to move so that as much of an article is set aside as the rules ask for and as can be.

    What is set aside too much is given back first, so that another holder can have it. What is set aside lasts as long
    as can be: it may lie there. Nothing is set aside that may not be sold.

    Args:
        rules: of ring-fences.
        shelves: one article's, everywhere.
        fences: the same article's.
        opened: holders whose fences are open now.
        days: by node, what day it is there: by it lots have expired.
    """
    if not shelves:
        return ()
    sku = shelves[0].balance.sku
    goal = wanted(rules, sku, opened)
    fenced: defaultdict[Place, Counter[str]] = defaultdict(Counter)
    for fence in fences:
        fenced[fence.node, fence.holder][fence.lot] += fence.quantity
    free = {(shelf.balance.node, shelf.balance.lot): shelf.balance.available for shelf in shelves}
    lasting = sorted(shelves, key=_lasts, reverse=True)
    found: list[FenceMove] = []
    for node, holder in sorted(fenced.keys() | goal.keys(), key=lambda place: _grows(place, goal, fenced)):
        missing = goal.get((node, holder), 0) - fenced[node, holder].total()
        # Giving back begins with what expires first, setting aside with what expires last.
        for shelf in lasting if missing > 0 else reversed(lasting):
            lot = shelf.balance.lot
            if shelf.balance.node != node or not missing:
                continue
            here = _step(missing, free[node, lot] if shelf.is_good_on(days[node]) else 0, fenced[node, holder][lot])
            free[node, lot] -= here
            missing -= here
            if here:
                found.append(FenceMove(sku, node, lot, holder, here))
    return tuple(found)


def _step(missing: int, free: int, fenced: int) -> int:
    return min(missing, free) if missing > 0 else max(missing, -fenced)


def _grows(place: Place, goal: dict[Place, int], fenced: dict[Place, Counter[str]]) -> tuple[bool, Place]:
    return goal.get(place, 0) > fenced[place].total(), place


def _lasts(shelf: Shelf) -> tuple[date, str]:
    return shelf.expires_on or date.max, shelf.balance.lot
