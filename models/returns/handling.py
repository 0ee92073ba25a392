"""What receiving and inspecting leaves behind: goods on a shelf, goods nobody announced, goods judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.policy.returns import Disposition
    from models.returns.messages import InspectedLine


@dataclass(frozen=True)
class Lot:
    """So many of a line at a node."""

    line_id: str
    sku: str
    quantity: int
    node: str
    lot: str = ""


class OddityKind(StrEnum):
    """How goods differ from what was announced."""

    TOO_MANY = "too_many"
    NOT_ANNOUNCED = "not_announced"


@dataclass(frozen=True)
class Oddity:
    """Goods that came and were not announced."""

    id: str
    kind: OddityKind
    line_id: str | None
    """The order's line they could be of; none: the order has no such article."""
    sku: str
    quantity: int
    node: str
    lot: str = ""


@dataclass
class Taken:
    """What a receipt brought."""

    lots: list[Lot] = field(default_factory=list)
    oddities: list[Oddity] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """What an inspector found about goods that lay there."""

    line: InspectedLine
    disposition: Disposition
    lots: tuple[Lot, ...]
