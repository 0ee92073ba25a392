"""How hard a search may try, and what it has found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from models.policy.stock.sourcing.scoring import Option

_LOOKS = 20_000
"""Levels that are looked at, at most: some milliseconds."""
_GROUPS = 200
"""Groups of the same size that are scored beside each other, at most."""


@dataclass(slots=True)
class Effort:
    """How much may still be looked at; a search that has used it up stops where it is."""

    looks: int = _LOOKS

    def spend(self, looks: int) -> bool:
        """Look at so much more; answers whether that may still be."""
        self.looks -= looks
        return self.looks >= 0


@dataclass(frozen=True, slots=True)
class Found:
    """The smallest groups there are, or as far as the search came."""

    groups: list[Option]
    exact: bool
    """Whether every smaller group was ruled out; if not, other means may find one."""


def smallest(most: int, groups_of: Callable[[int, Effort], Iterator[Option]]) -> Found:
    """Look for groups of two nodes, then of three, and so on up to so many; those of the first size there are count."""
    effort = Effort()
    for size in range(2, most + 1):
        groups: list[Option] = []
        for group in groups_of(size, effort):
            groups.append(group)
            if len(groups) == _GROUPS:
                break
        if groups or effort.looks < 0:
            return Found(groups, exact=effort.looks >= 0)
    return Found([], exact=True)
