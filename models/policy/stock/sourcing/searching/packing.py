"""Packing: lines that each come whole from one node, and the smallest groups of nodes that can give them so.

To pack lines into nodes is to pack bins: tried in full for the few lines of an order, and not at all for very many.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING

from models.policy.stock.sourcing.searching.effort import Effort, Found, smallest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from models.policy.stock.sourcing.candidates import Candidate
    from models.policy.stock.sourcing.combining import Line
    from models.policy.stock.sourcing.scoring import Option
    from models.policy.stock.sourcing.shelves import Levels

_LINES = 50
"""Lines that are packed by trying; each is a step deeper."""
_NOTHING: Mapping[str, int] = {}


def smallest_packings(pool: Sequence[Candidate], levels: Levels, lines: Sequence[Line], most: int) -> Found:
    """The groups of the fewest nodes, two at least and at most so many, that can give these lines whole."""
    if len(lines) > _LINES:
        return Found([], exact=False)
    useful = [one for one in pool if any(_holds(levels.get(one.name, _NOTHING), line) for line in lines)]
    return smallest(most, lambda size, effort: _Packings(levels, lines, effort).groups((), useful, size))


def packed(lines: Sequence[Line], levels: Levels, effort: Effort | None = None) -> dict[str, str] | None:
    """By line, the node that gives it whole; None where no way was found to pack them all."""
    if len(lines) > _LINES:
        return None
    largest_first = sorted(lines, key=lambda line: -line.units)
    left = {name: dict(level) for name, level in levels.items()}
    placed: dict[str, str] = {}
    return placed if _pack(largest_first, left, placed, effort or Effort()) else None


@dataclass(slots=True)
class _Packings:
    levels: Levels
    lines: Sequence[Line]
    effort: Effort

    def groups(self, chosen: Option, pool: Sequence[Candidate], places: int) -> Iterator[Option]:
        """Those chosen and so many of the pool between which all lines can be packed."""
        if not places:
            if packed(self.lines, {one.name: self.levels[one.name] for one in chosen}, self.effort) is not None:
                yield chosen
            return
        tried: set[str] = set()
        for one in self._fewest_holders(chosen, pool, places):
            tried.add(one.name)
            others = [other for other in pool if other.name not in tried]
            yield from self.groups((*chosen, one), others, places - 1)

    def _fewest_holders(self, chosen: Option, pool: Sequence[Candidate], places: int) -> Sequence[Candidate]:
        """Nodes of which one must be in the group; none where no group has enough, or nothing more is looked at."""
        if not self.effort.spend(len(pool) * len(self.lines)) or not self._enough(chosen, pool, places):
            return ()
        fewest = pool
        for line in self.lines:
            if any(_holds(self.levels[one.name], line) for one in chosen):
                continue
            able = [one for one in pool if _holds(self.levels[one.name], line)]
            if len(able) < len(fewest):
                fewest = able
        return fewest

    def _enough(self, chosen: Option, pool: Sequence[Candidate], places: int) -> bool:
        """Whether those chosen and the fullest others have as much of each article as the lines want together."""
        wants: dict[str, int] = {}
        for line in self.lines:
            for sku, quantity in line.wants.items():
                wants[sku] = wants.get(sku, 0) + quantity
        return all(
            sum(self.levels[one.name].get(sku, 0) for one in chosen)
            + sum(nlargest(places, (self.levels[one.name].get(sku, 0) for one in pool)))
            >= quantity
            for sku, quantity in wants.items()
        )


def _pack(lines: Sequence[Line], left: Levels, placed: dict[str, str], effort: Effort) -> bool:
    if not lines:
        return True
    if not effort.spend(len(left)):
        return False
    line, *others = lines
    tried: list[dict[str, int]] = []
    for name, level in left.items():
        # Two nodes with the same left are the same to all the lines that follow.
        if level in tried or not _holds(level, line):
            continue
        tried.append(dict(level))
        placed[line.id] = name
        _take(level, line, 1)
        if _pack(others, left, placed, effort):
            return True
        _take(level, line, -1)
    return False


def _holds(level: Mapping[str, int], line: Line) -> bool:
    return all(level.get(sku, 0) >= quantity for sku, quantity in line.wants.items())


def _take(level: dict[str, int], line: Line, times: int) -> None:
    for sku, quantity in line.wants.items():
        level[sku] -= times * quantity
