"""When an 850 is to be shipped and delivered: its DTM segments, and what a line schedules for itself.

One order has one window. A line that says another day than the order, or than another line, is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.files.x12.faults import BAD_CODE, element_fault
from activities.adapters.files.x12.ordering.elements import day, day_of

if TYPE_CHECKING:
    from datetime import datetime

    from activities.adapters.files.x12.segments import Segment

_SHIP_BY = ("010", "038")
"""Requested ship date; ship not later than."""
_DELIVER_FROM = ("053", "064", "071")
"""Deliver not before; do not deliver before; requested for delivery after and including."""
_DELIVER_BY = ("002", "054", "063", "074")
"""Delivery requested; deliver no later than; do not deliver after; requested for delivery up to and including."""
_TOLD = {"037": "not to be shipped before", "001": "to be cancelled after", "061": "to be cancelled if not there by"}
"""What we have no date for of our own, and a person has to read."""
_HEEDED = frozenset((*_SHIP_BY, *_DELIVER_FROM, *_DELIVER_BY, *_TOLD))
_RANGE = "RD8"


class Dates:
    """The days of one order, by the code of what they are for."""

    def __init__(self) -> None:
        """Begin with none."""
        self._days: dict[str, datetime] = {}

    def read(self, position: int, segment: Segment) -> None:
        """Take a DTM; raises `Fault` for no day, or for another than was said before."""
        if segment.at(1) not in _HEEDED:
            return
        if not segment.at(2) and segment.at(5) == _RANGE and segment.at(1) in _DELIVER_BY:
            first, _, last = segment.at(6).partition("-")
            begin, end = (day_of(text, segment, position, 6) for text in (first, last))
            self._note(_DELIVER_FROM[0], begin, segment, position, 6)
            self._note(segment.at(1), end, segment, position, 6)
            return
        element = 6 if segment.at(6) and not segment.at(2) else 2
        self._note(segment.at(1), day(segment, position, element), segment, position, element)

    def scheduled(self, position: int, segment: Segment) -> None:
        """Take the day of an SCH; raises `Fault` as `read` does."""
        if segment.at(5) in _HEEDED and segment.at(6):
            self._note(segment.at(5), day(segment, position, 6), segment, position, 6)

    @property
    def ship_by(self) -> datetime | None:
        """The first of the days by which it is to leave."""
        return min((self._days[code] for code in _SHIP_BY if code in self._days), default=None)

    @property
    def deliver_from(self) -> datetime | None:
        """The last of the days before which it is not to arrive."""
        return max((self._days[code] for code in _DELIVER_FROM if code in self._days), default=None)

    @property
    def deliver_by(self) -> datetime | None:
        """The first of the days by which it is to arrive."""
        return min((self._days[code] for code in _DELIVER_BY if code in self._days), default=None)

    @property
    def told(self) -> list[str]:
        """What else is said of days, in words."""
        return [f"{words} {self._days[code]:%Y-%m-%d}" for code, words in _TOLD.items() if code in self._days]

    def _note(self, code: str, at: datetime, segment: Segment, position: int, element: int) -> None:
        if self._days.setdefault(code, at) != at:
            message = f"is another day than {self._days[code]:%Y-%m-%d}, which was said before: one order has one"
            raise element_fault(segment, position, element, BAD_CODE, message)
