"""The outcome of sourcing: which balance gives what, under which guard."""

from __future__ import annotations

from models.base import StrictModel, Text
from models.policy.decision import Decision
from models.stock.quantities import Level
from models.stock.reservation import Allocation, Remedy, Shortage


class Planned(StrictModel):
    """An allocation, and what its write has to guard."""

    allocation: Allocation
    floor: Level = 0
    """What must stay available in the balance afterwards: the safety stock it carries."""
    fenced: Level = 0
    """How much of the quantity comes out of the holder's ring-fence."""
    holder: Text | None = None


class Sourced(StrictModel):
    """What can be reserved now, and what is to be done about the rest."""

    planned: tuple[Planned, ...]
    """Empty where something is short and the order must not go in parts."""
    shortages: tuple[Shortage, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    together: bool = False
    """Whether nothing is planned because something is short: what is there waits with it."""
    decision: Decision
