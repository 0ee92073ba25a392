"""Combining: which nodes can give everything together, in as few parcels as can be found.

The fewest nodes are searched for exactly (`models.policy.stock.sourcing.searching`). Where there are too many to be
through with them, the search is greedy besides: it begins with each of the fullest nodes in turn and adds, again and
again, the node that gives most of what is still missing. It may find one parcel too many, never one with nothing in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations
from math import comb
from typing import TYPE_CHECKING, Protocol

from models.policy.stock.sourcing.searching.covers import smallest_covers
from models.policy.stock.sourcing.searching.packing import packed, smallest_packings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from models.policy.stock.sourcing.candidates import Candidate
    from models.policy.stock.sourcing.scoring import Option
    from models.policy.stock.sourcing.shelves import Levels
    from models.stock.demand import Need

_SEEDS = 24
"""From how many nodes at most the greedy search begins."""
_TRIED = 250
"""Groups that are tried one by one, at most, where not everything can be had."""
_NOTHING: Mapping[str, int] = {}

Allotment = tuple[str, str, str, int]
"""Line, article, node and how many."""


@dataclass(frozen=True, slots=True)
class Line:
    """What belongs together: all needs of one line of the order."""

    id: str
    wants: dict[str, int]
    needs: tuple[Need, ...]

    @property
    def units(self) -> int:
        """How many of all its articles."""
        return sum(self.wants.values())


class Wanted(Protocol):
    """What is still to be found while nodes are put together."""

    units: int

    def given_by(self, level: Mapping[str, int]) -> int:
        """How many units of it a node can give."""

    def without(self, level: Mapping[str, int]) -> Wanted:
        """What is left once the node has given what it can."""


class Amounts:
    """Articles that may come from anywhere: lines may be split."""

    __slots__ = ("units", "wants")

    def __init__(self, wants: dict[str, int]) -> None:
        self.wants = wants
        self.units = sum(wants.values())

    def given_by(self, level: Mapping[str, int]) -> int:
        return sum(min(quantity, level.get(sku, 0)) for sku, quantity in self.wants.items())

    def without(self, level: Mapping[str, int]) -> Amounts:
        left = {sku: quantity - level.get(sku, 0) for sku, quantity in self.wants.items()}
        return Amounts({sku: quantity for sku, quantity in left.items() if quantity > 0})


class WholeLines:
    """Lines that each come from one node; the largest is placed first."""

    __slots__ = ("lines", "units")

    def __init__(self, lines: Iterable[Line]) -> None:
        self.lines = sorted(lines, key=lambda line: -line.units)
        self.units = sum(line.units for line in self.lines)

    def given_by(self, level: Mapping[str, int]) -> int:
        return sum(line.units for line in self.placed(level))

    def without(self, level: Mapping[str, int]) -> WholeLines:
        placed = {line.id for line in self.placed(level)}
        return WholeLines(line for line in self.lines if line.id not in placed)

    def placed(self, level: Mapping[str, int]) -> list[Line]:
        """The lines that one node can give beside each other."""
        left = dict(level)
        placed: list[Line] = []
        for line in self.lines:
            if all(left.get(sku, 0) >= quantity for sku, quantity in line.wants.items()):
                placed.append(line)
                for sku, quantity in line.wants.items():
                    left[sku] -= quantity
        return placed


def lines_of(needs: Iterable[Need]) -> list[Line]:
    """Put the needs of each line together, in the order in which the lines come."""
    together: dict[str, list[Need]] = {}
    for need in needs:
        together.setdefault(need.line_id, []).append(need)
    return [Line(line_id, total(own), tuple(own)) for line_id, own in together.items()]


def total(needs: Iterable[Need]) -> dict[str, int]:
    """How many of each article."""
    wants: dict[str, int] = {}
    for need in needs:
        wants[need.sku] = wants.get(need.sku, 0) + need.quantity
    return wants


def wanted(lines: Sequence[Line], *, split: bool) -> Wanted:
    """What is to be found for these lines."""
    return Amounts(total(need for line in lines for need in line.needs)) if split else WholeLines(lines)


def singles(pool: Sequence[Candidate], levels: Levels, wanted: Wanted) -> list[Option]:
    """Each node that can give everything alone."""
    return [(one,) for one in pool if wanted.given_by(levels.get(one.name, _NOTHING)) == wanted.units]


def complete(
    pool: Sequence[Candidate], levels: Levels, lines: Sequence[Line], most: int, *, split: bool
) -> list[Option]:
    """The combinations of the fewest nodes found, at least two and at most so many, that give everything."""
    if split:
        found = smallest_covers(pool, levels, total(need for line in lines for need in line.needs), most)
    else:
        found = smallest_packings(pool, levels, lines, most)
    if found.exact:
        return found.groups
    near = (option for option, left in _grown(pool, levels, wanted(lines, split=split), most) if not left.units)
    options = {frozenset(one.name for one in option): option for option in chain(near, found.groups)}
    fewest = min(map(len, options), default=0)
    return [option for option in options.values() if len(option) == fewest]


def fullest(
    pool: Sequence[Candidate], levels: Levels, lines: Sequence[Line], most: int, *, split: bool
) -> tuple[Option, list[Line]]:
    """Where no few nodes can give everything: those that can give the most lines, and which lines these are."""
    best: tuple[Option, list[Line]] = ((), [])
    best_worth = (0, 0)
    for option in _to_try(pool, levels, wanted(lines, split=split), most):
        granted = grantable(option, levels, lines, split=split)
        worth = (len(granted), sum(line.units for line in granted))
        if worth > best_worth:
            best, best_worth = (option, granted), worth
    return best


def grown(
    option: Option, pool: Sequence[Candidate], levels: Levels, wanted: Wanted, most: int
) -> tuple[Option, Wanted]:
    """Add the node that gives most of what is missing until all is given, or nothing more, or there are so many."""
    for one in option:
        wanted = wanted.without(levels.get(one.name, _NOTHING))
    names = {one.name for one in option}
    while wanted.units and len(option) < most:
        others = [(wanted.given_by(levels.get(one.name, _NOTHING)), one) for one in pool if one.name not in names]
        gain, best = max(others, key=lambda pair: pair[0], default=(0, None))
        if best is None or not gain:
            break
        option = (*option, best)
        names.add(best.name)
        wanted = wanted.without(levels.get(best.name, _NOTHING))
    return option, wanted


def grantable(option: Sequence[Candidate], levels: Levels, lines: Sequence[Line], *, split: bool) -> list[Line]:
    """The lines that these nodes can give whole, in the order in which the lines come."""
    if not split:
        open_lines = WholeLines(lines)
        for one in option:
            open_lines = open_lines.without(levels.get(one.name, _NOTHING))
        left_over = {line.id for line in open_lines.lines}
        return [line for line in lines if line.id not in left_over]
    left: dict[str, int] = {}
    for one in option:
        for sku, level in levels.get(one.name, _NOTHING).items():
            left[sku] = left.get(sku, 0) + level
    granted: list[Line] = []
    for line in lines:
        if all(left.get(sku, 0) >= quantity for sku, quantity in line.wants.items()):
            granted.append(line)
            for sku, quantity in line.wants.items():
                left[sku] -= quantity
    return granted


def allotted(option: Option, levels: Levels, lines: Sequence[Line], *, split: bool) -> list[Allotment]:
    """Say which node gives what of the lines that these nodes can give.

    The first node gives what it can; a need is split only where none of them can give it whole, and comes last.
    """
    left = {one.name: dict(levels.get(one.name, _NOTHING)) for one in option}
    if not split:
        return _placed(left, lines)
    allotments: list[Allotment] = []
    too_large: list[tuple[str, str, int]] = []
    needs = [(line.id, sku, quantity) for line in lines for sku, quantity in line.wants.items()]
    for line_id, sku, quantity in sorted(needs, key=lambda need: -need[2]):
        node = next((name for name, level in left.items() if level.get(sku, 0) >= quantity), None)
        if node is None:
            too_large.append((line_id, sku, quantity))
        else:
            left[node][sku] -= quantity
            allotments.append((line_id, sku, node, quantity))
    for line_id, sku, quantity in too_large:
        missing = quantity
        for name, level in left.items():
            part = min(level.get(sku, 0), missing)
            if part > 0:
                level[sku] -= part
                missing -= part
                allotments.append((line_id, sku, name, part))
    return allotments


def _placed(left: Levels, lines: Sequence[Line]) -> list[Allotment]:
    places: dict[str, str] = {}
    open_lines = WholeLines(lines)
    for name, level in left.items():
        places |= {line.id: name for line in open_lines.placed(level)}
        open_lines = open_lines.without(level)
    if open_lines.units:
        places = packed(lines, left) or places
    return [
        (line.id, sku, places[line.id], quantity)
        for line in lines
        if line.id in places
        for sku, quantity in line.wants.items()
    ]


def _to_try(pool: Sequence[Candidate], levels: Levels, wanted: Wanted, most: int) -> Iterable[Option]:
    """All groups of nodes that have something of it, the smallest first; where these are too many, some full ones."""
    useful = [one for one in pool if wanted.given_by(levels.get(one.name, _NOTHING))]
    sizes = range(1, min(most, len(useful)) + 1)
    if sum(comb(len(useful), size) for size in sizes) <= _TRIED:
        return chain.from_iterable(combinations(useful, size) for size in sizes)
    return (option for option, _ in _grown(pool, levels, wanted, most))


def _grown(pool: Sequence[Candidate], levels: Levels, wanted: Wanted, most: int) -> list[tuple[Option, Wanted]]:
    gains = [(wanted.given_by(levels.get(one.name, _NOTHING)), one) for one in pool]
    seeds = sorted((pair for pair in gains if pair[0]), key=lambda pair: -pair[0])[:_SEEDS]
    return [grown((one,), pool, levels, wanted, most) for _, one in seeds]
