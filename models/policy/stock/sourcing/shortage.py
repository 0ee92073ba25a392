"""Shortage: which articles a line is short of, by how much, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.policy.stock.sourcing import combining
from models.stock.reservation import Shortage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from models.policy.stock.sourcing.choosing import Choice, Chooser
    from models.policy.stock.sourcing.combining import Line


@dataclass(frozen=True, slots=True)
class Short:
    """A line that cannot be had in full."""

    line: Line
    missing: dict[str, int]
    """By article: how many more it would take."""
    scattered: bool
    """Whether all of it is there, but not in so few places."""

    @property
    def reason(self) -> str:
        """In one sentence."""
        if self.scattered:
            return "all of it is there, but it would take too many parcels"
        parts = [
            f"{sku}: {self.line.wants[sku] - less} of {self.line.wants[sku]}" for sku, less in self.missing.items()
        ]
        return f"too little of {'; '.join(parts)}"[:500]


def why_short(line: Line, choice: Choice, chooser: Chooser) -> Short:
    """Compare a line with what is left at the nodes that were chosen, and at more where more may share the order.

    Args:
        line: one that was not granted.
        choice: what was; the levels the chooser looks at are those without it.
        chooser: knows the other candidates and how many may share the order.
    """
    scattered = bool(combining.grantable(chooser.pool, chooser.levels, [line], split=chooser.split))
    if chooser.split:
        _, left = combining.grown(
            choice.option, chooser.pool, chooser.levels, combining.Amounts(line.wants), chooser.most
        )
        missing = left.wants if isinstance(left, combining.Amounts) else {}
    else:
        pool = choice.option if len(choice.option) == chooser.most else chooser.pool
        missing = min(
            (_missing(line, chooser.levels.get(one.name, {})) for one in pool), key=_units, default=line.wants
        )
    return Short(line, dict(missing or line.wants), scattered)


def shortages(lines: Iterable[Line], granted: Iterable[Line], short: Sequence[Short]) -> tuple[Shortage, ...]:
    """What all lines wanted of each article that is short, and how many of them the nodes could give."""
    wanted = combining.total(need for line in lines for need in line.needs)
    given = combining.total(need for line in granted for need in line.needs)
    more: dict[str, int] = {}
    for one in short:
        for sku, missing in one.missing.items():
            more[sku] = max(more.get(sku, 0), one.line.wants[sku] - missing)
    return tuple(Shortage(sku=sku, wanted=wanted[sku], available=given.get(sku, 0) + more[sku]) for sku in sorted(more))


def _missing(line: Line, level: dict[str, int]) -> dict[str, int]:
    less = {sku: quantity - level.get(sku, 0) for sku, quantity in line.wants.items()}
    return {sku: quantity for sku, quantity in less.items() if quantity > 0}


def _units(missing: dict[str, int]) -> int:
    return sum(missing.values())
