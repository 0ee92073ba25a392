"""Choosing: the nodes that give what is wanted, by the order of their kinds, by parcels, and then by score."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING

from models.policy.stock.sourcing import combining
from models.policy.stock.sourcing.candidates import drop_shipped
from models.policy.stock.sourcing.scoring import ranked
from models.stock.nodes import NodeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.policy.stock.rules import SourcingRules
    from models.policy.stock.sourcing.candidates import Candidate, Field
    from models.policy.stock.sourcing.combining import Allotment, Line
    from models.policy.stock.sourcing.scoring import Option, Scored
    from models.policy.stock.sourcing.shelves import Levels


@dataclass(slots=True)
class Choice:
    """What was chosen, and what it was chosen from."""

    granted: list[Line]
    """The lines that can be had, each whole."""
    option: Option = ()
    scored: list[Scored] = dataclass_field(default_factory=list)
    """All options of as many parcels, the best first; none where not everything could be had in so few."""
    allotments: list[Allotment] = dataclass_field(default_factory=list)


class Chooser:
    """Chooses for one demand, among its candidates, from the levels as they are when it is asked."""

    def __init__(self, rules: SourcingRules, field: Field, levels: Levels, lines: Sequence[Line]) -> None:
        """`levels` is looked at again at each question; suppliers' are cut to what they are asked for."""
        self.most = 1 if field.demand.ship_together else rules.most_parcels
        self.split = rules.split_lines
        self.pool = field.candidates
        self.levels = levels
        self._rules = rules
        self._demand = field.demand
        if any(one.node.kind is NodeKind.SUPPLIER for one in self.pool):
            self._cut_suppliers(lines)

    def choose(self, lines: Sequence[Line]) -> Choice:
        """All lines where they can be had; else those that can, each whole."""
        scored = self.options(lines)
        if scored:
            return self._chosen(lines, scored)
        granted = combining.grantable(self.pool, self.levels, lines, split=self.split)
        if granted and len(granted) < len(lines):
            scored = self.options(granted)
            if scored:
                return self._chosen(granted, scored)
        option, granted = combining.fullest(
            self._by_score(self.pool), self.levels, granted, self.most, split=self.split
        )
        return Choice(granted, option, [], combining.allotted(option, self.levels, granted, split=self.split))

    def options(self, lines: Sequence[Line]) -> list[Scored]:
        """Ways to send all of these lines, the best first: of the earliest kinds that can, in the fewest parcels."""
        wanted = combining.wanted(lines, split=self.split)
        for tier in sorted({one.tier for one in self.pool}):
            asked = [one for one in self.pool if one.tier <= tier]
            found = combining.singles(asked, self.levels, wanted)
            if not found and self.most > 1 and self._suffice(asked, lines):
                found = combining.complete(self._by_score(asked), self.levels, wanted, self.most)
            if found:
                return ranked(self._rules.weights, self._demand, found)
        return []

    def _suffice(self, asked: Sequence[Candidate], lines: Sequence[Line]) -> bool:
        """Whether any number of these could give all: a cheap look before the search."""
        return len(combining.grantable(asked, self.levels, lines, split=self.split)) == len(lines)

    def _chosen(self, lines: Sequence[Line], scored: list[Scored]) -> Choice:
        option = scored[0].option
        if self.split:
            option = tuple(sorted(option, key=lambda one: one.preference))
        return Choice(list(lines), option, scored, combining.allotted(option, self.levels, lines, split=self.split))

    def _by_score(self, pool: Sequence[Candidate]) -> list[Candidate]:
        alone = ranked(self._rules.weights, self._demand, [(one,) for one in pool])
        return sorted((scored.option[0] for scored in alone), key=lambda one: one.tier)

    def _cut_suppliers(self, lines: Sequence[Line]) -> None:
        """A supplier sends only what policy lets it, and only what our own nodes have too little of."""
        wants = combining.total(need for line in lines for need in line.needs)
        own: dict[str, int] = {}
        suppliers: list[dict[str, int]] = []
        for one in self.pool:
            level = self.levels.get(one.name, {})
            if one.node.kind is NodeKind.SUPPLIER:
                suppliers.append(level)
                continue
            for sku, quantity in level.items():
                own[sku] = own.get(sku, 0) + quantity
        for level in suppliers:
            sent = drop_shipped(self._rules, level)
            for sku in level:
                if sku not in sent or own.get(sku, 0) >= wants.get(sku, 1):
                    level[sku] = 0
