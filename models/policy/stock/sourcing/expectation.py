"""Expectation: when supply that is on its way reaches what waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from models.stock.picture import Picture


class Expectations:
    """The supplies of a picture, and a queue for them that grows as more is asked for."""

    def __init__(self, picture: Picture, nodes: Iterable[str]) -> None:
        """Only what is expected at these nodes counts. Supply without a date is not counted on."""
        self._at = picture.at
        self._queued = dict(picture.waiting)
        self._coming: dict[str, list[tuple[datetime, int]]] = {}
        here = set(nodes)
        for supply in picture.coming_for_sale():
            if supply.node in here and supply.expected_at is not None and supply.outstanding:
                # What is overdue may still come at any time, and not before now.
                coming = (max(supply.expected_at, picture.at), supply.outstanding)
                self._coming.setdefault(supply.sku, []).append(coming)
        for supplies in self._coming.values():
            supplies.sort()

    def when(self, wants: Mapping[str, int]) -> datetime | None:
        """When so many of each article have come, those before them in the queue served."""
        dates = [self._served(sku, self._queued.get(sku, 0) + quantity) for sku, quantity in wants.items()]
        known = [date for date in dates if date is not None]
        return max(known, default=self._at) if len(known) == len(dates) else None

    def queue(self, wants: Mapping[str, int]) -> None:
        """Let so many of each article wait before all that is asked for later."""
        for sku, quantity in wants.items():
            self._queued[sku] = self._queued.get(sku, 0) + quantity

    def _served(self, sku: str, quantity: int) -> datetime | None:
        for date, outstanding in self._coming.get(sku, ()):
            quantity -= outstanding
            if quantity <= 0:
                return date
        return None
