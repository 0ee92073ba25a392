"""What becomes of a call to a partner: drawn from the life's seed, the verb, the key and the attempt."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from models.errors import PartnerError, Refused, Transient, Unavailable, Uncertain

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Fate:
    """How one attempt goes."""

    before: float
    """Seconds until it takes effect."""
    after: float = 0.0
    """Seconds from then to the answer."""
    kind: str = ""
    """The fault's name; empty: all goes well."""
    error: PartnerError | None = None
    done: bool = True
    """Whether it takes effect all the same."""


KINDS = {
    "lost on the way": 30,
    "done, and the answer lost": 30,
    "answered too late": 12,
    "throttled": 20,
    "refused": 14,
    "unclear, and done": 7,
    "unclear, and not done": 7,
}
"""The faults, and in how many of a thousand calls of an ordinary life each comes."""
_CANNOT_REFUSE = frozenset({"void", "recall", "void label", "cancel order", "notice", "credit"})
_DONE = frozenset({"done, and the answer lost", "unclear, and done"})
_MOODS = (0.0, 0.5, 1.0, 1.0, 3.0)
_OUTAGES = 0.2
_TOO_LATE_S = 45.0


class Fates:
    """The fates of one life."""

    def __init__(self, seed: int, beginning: datetime) -> None:
        """Draw the life's mood, and the outages in it."""
        chance = random.Random(f"{seed}/mood")  # noqa: S311 - a life is made up
        self._seed = seed
        self._mood = chance.choice(_MOODS)
        self._down: dict[str, tuple[datetime, datetime]] = {}
        if chance.random() < _OUTAGES:
            begins = beginning + timedelta(hours=chance.choice((0, 0, 0, 1, 20, 40)))
            partner = chance.choice(tuple(sorted(set(_PARTNERS.values()))))
            self._down[partner] = (begins, begins + timedelta(hours=chance.uniform(0.5, 8)))

    def of(self, verb: str, key: str, attempt: int, now: datetime) -> Fate:
        """Draw the fate of an attempt."""
        chance = random.Random(f"{self._seed}/{verb}/{key}/{attempt}")  # noqa: S311 - a life is made up
        before = chance.uniform(0.05, 2)
        if self._is_down(verb, now):
            return Fate(before, kind="down", error=Unavailable(verb, "down"), done=False)
        drawn = chance.random() * 1000
        for kind, often in KINDS.items():
            drawn -= often * self._mood
            if drawn < 0:
                return _fate(kind, verb, chance, before)
        return Fate(before)

    def too_late(self, verb: str) -> PartnerError:
        """What a partner says of a call that was taken back before it came."""
        return Refused(verb, "it was taken back before it came", code="taken_back")

    def _is_down(self, verb: str, now: datetime) -> bool:
        begins, ends = self._down.get(_PARTNERS.get(verb, ""), (now, now))
        return begins <= now < ends


def _fate(kind: str, verb: str, chance: random.Random, before: float) -> Fate:
    if kind == "refused" and verb in _CANNOT_REFUSE:
        return Fate(before)
    if kind == "answered too late":
        # Longer than a call may take: the next attempt begins while this one is under way.
        early = chance.random() < 1 / 2
        return Fate(before if early else _TOO_LATE_S, _TOO_LATE_S if early else 0.0, kind=kind)
    error: PartnerError
    match kind:
        case "lost on the way" | "done, and the answer lost":
            error = Transient(verb, "connection reset")
        case "throttled":
            error = Unavailable(verb, "slow down", retry_after_s=chance.choice((None, 5.0, 600.0)))
        case "refused":
            error = Refused(verb, "no", code="said_no")
        case _:
            error = Uncertain(verb, "what does it mean?")
    return Fate(before, kind=kind, error=error, done=kind in _DONE)


_PARTNERS = {
    "authorise": "payment",
    "capture": "payment",
    "void": "payment",
    "refund": "payment",
    "credit": "erp",
    "create order": "erp",
    "cancel order": "erp",
    "change order": "erp",
    "invoice": "erp",
    "credit memo": "erp",
    "release": "wms",
    "recall": "wms",
    "recall part": "wms",
    "transfer": "wms",
    "book": "carrier",
    "void label": "carrier",
    "deliver again": "carrier",
    "notice": "notification",
}
