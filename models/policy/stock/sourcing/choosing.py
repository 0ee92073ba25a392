"""Choosing: the nodes that give what is wanted in time, by the order of their kinds, by parcels, and then by score."""

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
        self._not_asked: Levels = {}
        """What suppliers may send, and are not asked for as long as our own nodes can."""
        if any(one.node.kind is NodeKind.SUPPLIER for one in self.pool):
            self._cut_suppliers(lines)

    def choose(self, lines: Sequence[Line]) -> Choice:
        """All lines where they can be had; else those that can, each whole."""
        scored = self._best(lines)
        if scored:
            return self._chosen(lines, scored)
        granted = combining.grantable(self.pool, self.levels, lines, split=self.split)
        if granted and len(granted) < len(lines):
            scored = self._best(granted)
            if scored:
                return self._chosen(granted, scored)
        option, granted = combining.fullest(
            self._by_score(self.pool), self.levels, granted, self.most, split=self.split
        )
        return Choice(granted, option, [], combining.allotted(option, self.levels, granted, split=self.split))

    def _best(self, lines: Sequence[Line]) -> list[Scored]:
        """Ways to send all of these lines, the best first; suppliers are asked for more where there is none else."""
        found = self._options(lines)
        if found or not self._not_asked:
            return found
        for name, level in self._not_asked.items():
            self.levels[name] |= level
        found = self._options(lines)
        if not found:
            for name, level in self._not_asked.items():
                self.levels[name] |= dict.fromkeys(level, 0)
        return found

    def _options(self, lines: Sequence[Line]) -> list[Scored]:
        """Of the nodes that keep the dates that were asked for, if some can; else of all."""
        punctual = [one for one in self.pool if one.in_time]
        if len(punctual) == len(self.pool):
            return self._of_kinds(self.pool, lines)
        return self._of_kinds(punctual, lines) or self._of_kinds(self.pool, lines)

    def _of_kinds(self, pool: Sequence[Candidate], lines: Sequence[Line]) -> list[Scored]:
        """Of the earliest kinds that can, in the fewest parcels."""
        wanted = combining.wanted(lines, split=self.split)
        for tier in sorted({one.tier for one in pool}):
            asked = [one for one in pool if one.tier <= tier]
            found = combining.singles(asked, self.levels, wanted)
            if not found and self.most > 1:
                found = combining.complete(self._by_score(asked), self.levels, lines, self.most, split=self.split)
            if found:
                return ranked(self._rules.weights, self._demand, found)
        return []

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
        suppliers: Levels = {}
        for one in self.pool:
            level = self.levels.get(one.name, {})
            if one.node.kind is NodeKind.SUPPLIER:
                suppliers[one.name] = level
                continue
            for sku, quantity in level.items():
                own[sku] = own.get(sku, 0) + quantity
        for name, level in suppliers.items():
            sent = drop_shipped(self._rules, level)
            for sku, quantity in level.items():
                if sku not in sent:
                    level[sku] = 0
                elif own.get(sku, 0) >= wants.get(sku, 1):
                    self._not_asked.setdefault(name, {})[sku] = quantity
                    level[sku] = 0
