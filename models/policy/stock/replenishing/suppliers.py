"""How suppliers deliver: what they promised when they were ordered from, and what they say now (R121). Pure."""

from __future__ import annotations

from collections import defaultdict
from statistics import fmean
from typing import TYPE_CHECKING

from models.stock.replenishment import SupplierStanding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from models.stock.supply import Supply

_DAY_S = 86_400.0


def standings(purchases: Iterable[Supply], at: datetime) -> tuple[SupplierStanding, ...]:
    """Add up each supplier's purchase orders, the one who is late most often first; a row of an order is an article."""
    orders: defaultdict[str, defaultdict[str, list[Supply]]] = defaultdict(lambda: defaultdict(list))
    for purchase in purchases:
        if purchase.source is not None:
            orders[purchase.source][purchase.id].append(purchase)
    found = (_standing(supplier, list(theirs.values()), at) for supplier, theirs in orders.items())
    return tuple(sorted(found, key=lambda one: (-one.late, one.supplier)))


def _standing(supplier: str, orders: Sequence[Sequence[Supply]], at: datetime) -> SupplierStanding:
    rows = [row for order in orders for row in order]
    dated = [(row.ordered_at, row.first_expected_at, row.expected_at) for row in rows]
    return SupplierStanding(
        supplier=supplier,
        orders=len(orders),
        outstanding=sum(any(row.outstanding for row in order) for order in orders),
        late=sum(any(_is_late(row, at) for row in order) for order in orders),
        lead_days=_mean([(first - ordered).total_seconds() for ordered, first, _ in dated if first]),
        slip_days=_mean([(last - first).total_seconds() for _, first, last in dated if first and last]),
    )


def _is_late(row: Supply, at: datetime) -> bool:
    if row.expected_at is None or row.first_expected_at is None:
        return False
    return row.expected_at > row.first_expected_at or (bool(row.outstanding) and row.expected_at < at)


def _mean(seconds: Sequence[float]) -> float | None:
    return round(fmean(seconds) / _DAY_S, 1) if seconds else None
