"""Covers: the smallest groups of nodes that have enough of every article between them.

To find them is as hard as the smallest cover of a set, but an order's nodes are few. The search goes by the article
that the fewest nodes can give: one of these is in every group, and so each group is met once.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING

from models.policy.stock.sourcing.searching.effort import Effort, Found, smallest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from models.policy.stock.sourcing.candidates import Candidate
    from models.policy.stock.sourcing.scoring import Option
    from models.policy.stock.sourcing.shelves import Levels

_NOTHING: Mapping[str, int] = {}


def smallest_covers(pool: Sequence[Candidate], levels: Levels, wants: Mapping[str, int], most: int) -> Found:
    """The groups of the fewest nodes, two at least and at most so many, that have so many of each article together."""
    return smallest(most, lambda size, effort: _Covers(levels, effort).groups((), pool, wants, size))


@dataclass(slots=True)
class _Covers:
    levels: Levels
    effort: Effort

    def groups(
        self, chosen: Option, pool: Sequence[Candidate], wants: Mapping[str, int], places: int
    ) -> Iterator[Option]:
        """Those chosen and at most so many of the pool that have all of it."""
        fewest = self._fewest_givers(pool, wants, places)
        tried: set[str] = set()
        for one in fewest:
            tried.add(one.name)
            level = self.levels.get(one.name, _NOTHING)
            left = {sku: units - level.get(sku, 0) for sku, units in wants.items() if units > level.get(sku, 0)}
            if not left:
                yield (*chosen, one)
            elif places > 1:
                others = [other for other in pool if other.name not in tried]
                yield from self.groups((*chosen, one), others, left, places - 1)

    def _fewest_givers(self, pool: Sequence[Candidate], wants: Mapping[str, int], places: int) -> Sequence[Candidate]:
        """Nodes of which one must be in the group; none where no group has enough, or nothing more is looked at."""
        if not self.effort.spend(len(pool) * len(wants)):
            return ()
        fewest = pool
        for sku, quantity in wants.items():
            givers = [one for one in pool if self.levels.get(one.name, _NOTHING).get(sku, 0) > 0]
            if sum(nlargest(places, (self.levels[one.name][sku] for one in givers))) < quantity:
                return ()
            if len(givers) < len(fewest):
                fewest = givers
        return fewest
