"""Sensing demand: what an article is likely to be wanted a day, from what it was wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from models.stock.replenishment import DemandHistory


def daily_demand(history: DemandHistory | None, smoothing: float, today: date) -> float:
    """Smooth a history exponentially: the latest day counts `smoothing`, all before it the rest.

    Today is not over: it counts only where it already raises what the full days say.
    """
    if history is None:
        return 0.0
    whole = _smoothed([day.quantity for day in history.days if day.day < today], smoothing)
    return max(whole, _smoothed([day.quantity for day in history.days if day.day <= today], smoothing))


def _smoothed(quantities: list[int], smoothing: float) -> float:
    level = float(quantities[0]) if quantities else 0.0
    for quantity in quantities[1:]:
        level += smoothing * (quantity - level)
    return level
