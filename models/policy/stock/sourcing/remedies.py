"""Remedies: what is done about each line that is short, as the policy's fallbacks say, the first that works."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice, product
from typing import TYPE_CHECKING

from models.order.document import Delivery
from models.policy.stock.rules import Fallback, ShortageRule
from models.policy.stock.sourcing import calendars, combining
from models.policy.stock.sourcing.expectation import Expectations
from models.stock.demand import Need
from models.stock.nodes import Lane, NodeKind
from models.stock.reservation import Remedy, RemedyKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from models.policy.stock.rules import ShortageRules
    from models.policy.stock.sourcing.candidates import Field
    from models.policy.stock.sourcing.choosing import Choice, Chooser
    from models.policy.stock.sourcing.combining import Line
    from models.policy.stock.sourcing.shortage import Short
    from models.stock.nodes import Node

_TRIED = 100
"""Ways to replace the articles of one bundle that are tried at most."""


def articles(rules: ShortageRules, needs: Iterable[Need]) -> frozenset[str]:
    """The articles a decision about these needs may look at: what is wanted, and what may go instead of it."""
    wanted = {need.sku for need in needs}
    instead = {sku for rule in rules.substitutes if rule.sku in wanted for sku in rule.instead}
    return frozenset(wanted | instead)


class Remedies:
    """Finds remedies line by line; what one line is promised, the next one cannot have."""

    def __init__(self, rules: ShortageRules, field: Field, chooser: Chooser, choice: Choice) -> None:
        """After the granted lines were taken from the chooser's levels."""
        picture = field.picture
        self._rules = rules
        self._field = field
        self._demand = field.demand
        self._at = picture.at
        self._levels = chooser.levels
        self._nodes = {node.name: node for node in picture.nodes}
        self._chooser = chooser
        self._option = choice.option
        self._pool = list(choice.option) if len(choice.option) >= chooser.most else chooser.pool
        # What goes together comes from one node: only what is expected there helps what is there already.
        serving = choice.option if field.demand.ship_together and choice.option else field.candidates
        self._expectations = Expectations(picture, (one.name for one in serving))
        self._substitutes = {rule.sku: rule for rule in reversed(rules.substitutes)}
        self._ways = {
            Fallback.SUBSTITUTE: self._substitute,
            Fallback.TRANSFER: self._transfer,
            Fallback.BACKORDER: self._backorder,
            Fallback.ASK_CUSTOMER: self._ask,
            Fallback.CANCEL_LINE: self._cancel,
            Fallback.HOLD: self._hold,
        }

    def for_lines(self, short: Sequence[Short]) -> tuple[Remedy, ...]:
        """One remedy a line that is short."""
        return tuple(self._for_line(one) for one in short)

    def _for_line(self, short: Short) -> Remedy:
        rule = self._rules.for_line(next(iter(short.missing)), self._demand.channel)
        for fallback in rule.fallbacks:
            remedy = self._ways[fallback](short, rule)
            if remedy is not None:
                return remedy
        return self._hold(short, rule)

    def _substitute(self, short: Short, _: ShortageRule) -> Remedy | None:
        rules = [self._substitutes.get(sku) for sku in short.missing]
        known = [rule for rule in rules if rule is not None]
        if len(known) < len(rules):
            return None
        for chosen in islice(product(*(rule.instead for rule in known)), _TRIED):
            instead = dict(zip(short.missing, chosen, strict=True))
            line = _replaced(short.line, instead)
            if not self._had(line):
                continue
            names = ", ".join(f"{sku} instead of {old}" for old, sku in instead.items())
            approval = any(rule.needs_approval for rule in known)
            return _remedy(short, RemedyKind.SUBSTITUTE, names, substitutes=line.needs, needs_approval=approval)
        return None

    def _had(self, line: Line) -> bool:
        """Take a line's articles from the nodes that send the order and few enough more, where they have them."""
        split = self._chooser.split
        option, left = combining.grown(
            self._option, self._chooser.pool, self._levels, combining.wanted([line], split=split), self._chooser.most
        )
        if left.units:
            return False
        for _, sku, node, quantity in combining.allotted(option, self._levels, [line], split=split):
            self._levels[node][sku] -= quantity
        return True

    def _transfer(self, short: Short, rule: ShortageRule) -> Remedy | None:
        target = next((one.node for one in self._pool if one.node.kind is not NodeKind.SUPPLIER), None)
        found = self._giver(short.line, target) if target else None
        if target is None or found is None:
            return None
        giver, arrives = found
        for sku, quantity in short.line.wants.items():
            self._levels[giver.name][sku] -= quantity
        return _remedy(
            short,
            RemedyKind.TRANSFER,
            f"{giver.name} has it; {target.name} can serve the customer once it is there",
            from_node=giver.name,
            to_node=target.name,
            expected_at=arrives,
            deadline=self._at + timedelta(days=rule.wait_days),
        )

    def _giver(self, line: Line, target: Node) -> tuple[Node, datetime] | None:
        """A node that has all of it and does not serve the customer: the target's own source, or the soonest."""
        serving = {one.name for one in self._pool}
        found: list[tuple[bool, datetime, int, str]] = []
        for name, level in self._levels.items():
            node = self._nodes[name]
            if name in serving or name in self._demand.avoid_nodes or node.kind is NodeKind.SUPPLIER:
                continue
            if all(level.get(sku, 0) >= quantity for sku, quantity in line.wants.items()):
                lane = node.lanes[0] if node.lanes else Lane()
                arrives = calendars.arrives_at(node, lane, self._at, self._demand.service_level)
                found.append((name != target.replenished_from, arrives, node.priority, name))
        if not found:
            return None
        _, arrives, _, name = min(found)
        return self._nodes[name], arrives

    def _backorder(self, short: Short, rule: ShortageRule) -> Remedy | None:
        deadline = self._at + timedelta(days=rule.wait_days)
        expected = self._expectations.when(short.missing)
        if expected is None and not rule.without_supply:
            return None
        if expected is not None and expected > deadline:
            return None
        self._expectations.queue(short.missing)
        reason = f"{short.reason}; supply is expected {expected:%Y-%m-%d}" if expected else short.reason
        return _remedy(short, RemedyKind.BACKORDER, reason, expected_at=expected, deadline=deadline)

    def _ask(self, short: Short, rule: ShortageRule) -> Remedy | None:
        deadline = self._at + timedelta(hours=rule.answer_hours)
        return _remedy(
            short,
            RemedyKind.ASK_CUSTOMER,
            short.reason,
            deadline=deadline,
            silence=RemedyKind(rule.silence.value),
            waits_until=deadline + timedelta(days=rule.wait_days),
        )

    def _cancel(self, short: Short, _: ShortageRule) -> Remedy | None:
        return _remedy(short, RemedyKind.CANCEL_LINE, short.reason)

    def _hold(self, short: Short, _: ShortageRule) -> Remedy:
        if self._demand.delivery is Delivery.PICK_UP and not self._field.candidates:
            return _remedy(short, RemedyKind.HOLD, "it cannot be collected at the node that was asked for")
        return _remedy(short, RemedyKind.HOLD, short.reason)


def _remedy(short: Short, kind: RemedyKind, reason: str, **more: object) -> Remedy:
    facts = {"line_id": short.line.id, "kind": kind, "needs": short.line.needs, "reason": reason[:500], **more}
    return Remedy.model_validate(facts)


def _replaced(line: Line, instead: dict[str, str]) -> Line:
    """The line with other articles in place of those that are short."""
    wants: dict[str, int] = {}
    for sku, quantity in line.wants.items():
        new = instead.get(sku, sku)
        wants[new] = wants.get(new, 0) + quantity
    needs = tuple(Need(line_id=line.id, sku=sku, quantity=quantity) for sku, quantity in wants.items())
    return combining.Line(line.id, wants, needs)
