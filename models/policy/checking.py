"""Checking a policy document beyond its fields: what would be read, and never be kept as whoever wrote it meant.

The models take it, for orders keep the rules they came under; a new document is refused.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from models.errors import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from models.policy.policy_set import PolicySet
    from models.policy.stock.rules import StockRules

_DAY = len("2026-11-21")


def mistakes(policies: PolicySet) -> list[FieldError]:
    """Name each field that contradicts itself or another, by JSON pointer."""
    return [*_of_days(policies), *_of_stock(policies.stock)]


def impossible_days(days: Iterable[str], at: str) -> Iterator[FieldError]:
    """Name those of the days, each written as ISO 8601 has it, that no calendar has."""
    for place, day in enumerate(days):
        try:
            date.fromisoformat(day)
        except ValueError:
            yield FieldError(pointer=f"{at}/{place}", code="no_such_day", message=f"there is no day {day}")


def _of_days(policies: PolicySet) -> Iterator[FieldError]:
    for found in impossible_days([policies.version[:_DAY]], ""):
        yield found.model_copy(update={"pointer": "/version"})
    for place, carrier in enumerate(policies.promises.carriers):
        yield from impossible_days(carrier.closed_on, f"/promises/carriers/{place}/closed_on")


def _of_stock(stock: StockRules) -> Iterator[FieldError]:
    yield from _twice(stock.sourcing.node_kinds, "/stock/sourcing/node_kinds/{}")
    yield from _twice((one.sku for one in stock.shortage.substitutes), "/stock/shortage/substitutes/{}/sku")
    partial: dict[str, bool | None] = {}
    for place, group in enumerate(stock.customer_classes):
        if partial.setdefault(group.name, group.partial) is not group.partial:
            message = (
                f"{group.name} goes in parts, or not, as the first rule of that name says: this one says otherwise"
            )
            yield FieldError(pointer=f"/stock/customer_classes/{place}/partial", code="contradicts", message=message)
    for place, rule in enumerate(stock.shortage.substitutes):
        if rule.sku in rule.instead:
            pointer = f"/stock/shortage/substitutes/{place}/instead/{rule.instead.index(rule.sku)}"
            yield FieldError(pointer=pointer, code="same", message=f"{rule.sku} cannot go instead of itself")


def _twice(names: Iterable[str], pointer: str) -> Iterator[FieldError]:
    seen: Counter[str] = Counter()
    for place, name in enumerate(names):
        if seen[name]:
            message = f"{name} stands there already: only one of them would count"
            yield FieldError(pointer=pointer.format(place), code="twice", message=message)
        seen[name] += 1
