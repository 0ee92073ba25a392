"""How an 850 is to be carried: its TD5 segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.storefront import text, words
from models.order.document import ServiceLevel

if TYPE_CHECKING:
    from activities.adapters.files.x12.segments import Segment

_FAST = frozenset(
    {"SA", "ND", "NF", "NH", "NM", "ON", "9A", "PA", "PC", "PN", "PR", "D1", "CX", "IX", "GP", "ES", "IE"}
    | {"SC", "SE", "SH", "SM", "PS", "D2"}
)
"""Element 284: the same day, the next one, express or expedited; or within two days."""
_FETCHED = frozenset({"H", "CE"})
"""Element 91: the customer picks up."""


class Carriage:
    """What one order says of carriers."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._fast = False
        self._told: list[str] = []

    def read(self, _position: int, segment: Segment) -> None:
        """Take a TD5: a carrier by its code or in words, a means, a service."""
        routing = text.line(segment.at(5)) or text.line(segment.at(3))
        in_words = words.service_level(segment.at(5)) is ServiceLevel.EXPEDITED
        self._fast = self._fast or segment.at(12) in _FAST or in_words
        if segment.at(4) in _FETCHED:
            self._told.append("the customer has it picked up")
        if routing:
            self._told.append(f"to go by {routing}")

    def level(self, *, rush: bool) -> ServiceLevel:
        """How fast; `rush` where the whole order says so."""
        return ServiceLevel.EXPEDITED if rush or self._fast else ServiceLevel.STANDARD

    @property
    def told(self) -> list[str]:
        """What the warehouse has to read."""
        return list(dict.fromkeys(self._told))
