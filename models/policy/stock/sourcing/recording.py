"""Recording: the decision about a source, with the options that were refused and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.policy.decision import Decision, DecisionKind, RefusedOption
from models.policy.stock.sourcing import combining
from models.stock.nodes import NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import JsonValue

    from models.policy.stock.rules import SourcingRules
    from models.policy.stock.sourcing.candidates import Candidate, Field
    from models.policy.stock.sourcing.choosing import Choice
    from models.policy.stock.sourcing.combining import Line
    from models.policy.stock.sourcing.scoring import Option, Scored
    from models.policy.stock.sourcing.shelves import Levels
    from models.policy.stock.sourcing.shortage import Short

_LONGEST = 500
_REASONS = 50


class Record:
    """Keeps what is needed to explain a choice; the levels change while it is planned."""

    def __init__(
        self,
        rules: SourcingRules,
        version: str,
        field: Field,
        levels: Levels,
        lines: Sequence[Line],
    ) -> None:
        """Made before anything is taken from the levels."""
        self._rules = rules
        self._version = version
        self._demand = field.demand
        self._field = field
        self._levels = levels
        self._wants = combining.total(need for line in lines for need in line.needs)
        self._lines = len(lines)
        self._refused: tuple[RefusedOption, ...] = ()

    def remember(self, choice: Choice) -> None:
        """Note why the other options were refused, as the levels are now."""
        refused: list[RefusedOption] = []
        for option, reason in self._others(choice):
            refused.append(RefusedOption(option=_text(option), reason=_text(reason)))
            if len(refused) == self._rules.options_recorded:
                break
        self._refused = tuple(refused)

    def decision(self, choice: Choice, short: Sequence[Short] = (), *, in_parts: bool = True) -> Decision:
        """The record: of what was chosen, or of what was short."""
        nodes = list(dict.fromkeys(node for _, _, node, _ in choice.allotments)) if in_parts else []
        return Decision(
            kind=DecisionKind.STOCK,
            policy_version=self._version,
            input=self._input(),
            outcome=_text(", ".join(nodes)) if nodes else "short",
            reasons=tuple(_text(reason) for reason in self._reasons(choice, nodes, short, in_parts=in_parts))[
                :_REASONS
            ],
            refused=self._refused,
        )

    def _input(self) -> dict[str, JsonValue]:
        demand = self._demand
        facts: dict[str, JsonValue] = {
            "at": self._field.picture.at.isoformat(),
            "channel": demand.channel,
            "customer_class": demand.customer_class,
            "service_level": demand.service_level.value,
            "delivery": demand.delivery.value,
            "pick_up_at": demand.pick_up_at,
            "country": demand.country,
            "postal_prefix": demand.postal_prefix or None,
            "ship_together": demand.ship_together or None,
            "worth": demand.worth,
            "lines": self._lines,
            "skus": dict(self._wants),
        }
        return {name: fact for name, fact in facts.items() if fact is not None}

    def _reasons(self, choice: Choice, nodes: list[str], short: Sequence[Short], *, in_parts: bool) -> Iterator[str]:
        if nodes:
            yield f"{len(nodes)} parcels" if len(nodes) > 1 else "one parcel"
            yield from _why_best(choice.scored)
            last = max(choice.option, key=lambda one: one.arrives)
            yield f"arrives {last.node.day(last.arrives)}"
        if short and not in_parts:
            yield "nothing goes before all of it can go"
        for one in short:
            yield f"line {one.line.id}: {one.reason}"

    def _others(self, choice: Choice) -> Iterator[tuple[str, str]]:
        for scored in choice.scored[1:]:
            yield _names(scored.option), _why_worse(scored, choice.scored[0])
        shown = {one.name for scored in choice.scored for one in scored.option}
        shown.update(one.name for one in choice.option)
        latest = max((one.tier for one in choice.option), default=0)
        for one in self._field.candidates:
            if one.name not in shown:
                yield one.name, self._why_not(one, choice, latest)
        for name in sorted(self._field.refused):
            yield name, self._field.refused[name]

    def _why_not(self, one: Candidate, choice: Choice, latest: int) -> str:
        level = self._levels.get(one.name, {})
        if choice.option and one.tier > latest:
            if not one.free:
                return "its day is full, and another node can"
            return f"a {one.node.kind.value} is asked only for what those before it cannot give"
        if one.node.kind is NodeKind.SUPPLIER and not any(level.values()):
            return "a supplier sends only what policy lets it, and what our own nodes lack"
        for sku, quantity in self._wants.items():
            if level.get(sku, 0) < quantity:
                return f"too little of {sku}: {level.get(sku, 0)} of {quantity}"
        if not one.in_time and choice.option and all(chosen.in_time for chosen in choice.option):
            return f"too late for the date that was asked for: it would arrive on {one.node.day(one.arrives)}"
        return "it would take more parcels"


def _why_best(scored: Sequence[Scored]) -> Iterator[str]:
    if len(scored) == 1:
        yield "nothing else can give all of it in as few parcels"
    elif scored:
        best = scored[0]
        parts = ", ".join(f"{name} {value:.2f}" for name, value in best.parts.items())
        yield f"scores {best.total:.3f}, the best of {len(scored)}: {parts}"


def _why_worse(scored: Scored, best: Scored) -> str:
    worse = scored.worse_in(best)
    reason = f"scores {scored.total:.3f} against {best.total:.3f}"
    if worse:
        reason += f": worse in {', '.join(worse)}"
    late = [one.name for one in scored.option if one.late]
    return f"{reason}; after the cut-off of {', '.join(late)}" if late else reason


def _names(option: Option) -> str:
    return ", ".join(one.name for one in option)


def _text(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 3].rstrip() + "..."
