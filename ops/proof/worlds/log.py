"""The log of a world, kept outside the database: what was asked, what was answered, and what must follow from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models.stock.reservation import RESERVATION, ReservationState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from models.stock.events import StockEventAnswer
    from models.stock.reservation import Allocation

Item = tuple[str, str]
"""A line and an article."""
LIVE = frozenset({ReservationState.HELD, ReservationState.COMMITTED})
_S = ReservationState


class Broken(Exception):
    """A law does not hold."""


def insist(law: str, holds: object, *details: object) -> None:
    """Check a law.

    Raises:
        Broken: it does not hold.
    """
    if not holds:
        raise Broken(": ".join([law, *map(str, details)]))


@dataclass
class Promise:
    """What the log knows of one reservation key."""

    key: str
    order_id: str
    state: ReservationState
    granted: Counter[Item] = field(default_factory=Counter)
    """What a backorder waits for, while it waits."""
    consumed: Counter[Item] = field(default_factory=Counter)
    freed: Counter[Item] = field(default_factory=Counter)
    expires_at: datetime | None = None

    @property
    def open(self) -> Counter[Item]:
        """Granted, neither shipped nor given back."""
        return self.granted - self.consumed - self.freed if self.state in LIVE else Counter()

    @property
    def is_live(self) -> bool:
        """Whether something of it stands in a balance."""
        return self.state in LIVE

    def is_due(self, now: datetime) -> bool:
        """Whether it is let go by the next who looks."""
        waits = self.state in {_S.HELD, _S.PENDING}
        return waits and self.expires_at is not None and self.expires_at <= now

    def free(self, item: Item, quantity: int) -> None:
        """Give back so much, or as much of it as is open."""
        self.freed[item] += min(quantity, self.open[item])
        self._close_if_done(_S.RELEASED)

    def ship(self, item: Item, quantity: int) -> None:
        """So much has left."""
        insist("log: shipped more than was open", quantity <= self.open[item], self.key, item)
        self.consumed[item] += quantity
        self._close_if_done(_S.CONSUMED)

    def let_go(self, end: ReservationState) -> None:
        """Give back all of it."""
        for item, quantity in self.open.items():
            self.freed[item] += quantity
        self.state = RESERVATION.move(self.state, self._end(end))

    def _close_if_done(self, end: ReservationState) -> None:
        if self.is_live and not self.open:
            self.state = RESERVATION.move(self.state, self._end(end))

    def _end(self, end: ReservationState) -> ReservationState:
        return _S.CONSUMED if self.consumed and end is _S.RELEASED else end


@dataclass
class Log:
    """What everybody was told."""

    promises: dict[str, Promise] = field(default_factory=dict)
    on_hand: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By article and node, lots together."""
    counted: dict[tuple[str, str, str], datetime] = field(default_factory=dict)
    """By article, node and lot: when it was counted last."""

    def granted(self, key: str, order_id: str, allocations: Iterable[Allocation], expires_at: datetime | None) -> None:
        """A reservation was granted, wholly or in part."""
        granted: Counter[Item] = Counter()
        for one in allocations:
            granted[one.line_id, one.sku] += one.quantity
        self.promises[key] = Promise(key, order_id, _S.HELD, granted, expires_at=expires_at)

    def left(self, sku: str, node: str, lots: Mapping[str, int], at: datetime) -> None:
        """So many of these lots have left; what was counted since has been found to be gone already."""
        for lot, quantity in lots.items():
            counted = self.counted.get((sku, node, lot))
            if counted is None or counted <= at:
                self.on_hand[sku, node] -= quantity

    def waiting_for(self, sku: str) -> int:
        """How many of an article those in the queue wait for."""
        pending = (promise.granted for promise in self.promises.values() if promise.state is _S.PENDING)
        return sum(quantity for wanted in pending for (_, wanted_sku), quantity in wanted.items() if wanted_sku == sku)

    def happened(self, answer: StockEventAnswer, changes: Iterable[tuple[str, str, int]]) -> None:
        """Goods came or went, whoever they were promised to; what the books never had could not go."""
        moved = Counter[tuple[str, str]]()
        for sku, node, quantity in changes:
            moved[sku, node] += quantity
        for one in answer.unexplained:
            insist("log: goods that did not leave are unexplained", moved[one.sku, one.node] < 0, one)
            moved[one.sku, one.node] += one.quantity
        self.on_hand.update(moved)
        for lost in answer.displaced:
            promise = self.promises.get(lost.reservation_key)
            insist("log: nobody was promised what was displaced", promise is not None, lost)
            if promise is not None:
                insist(
                    "log: more was displaced than was open", promise.open[lost.line_id, lost.sku] >= lost.quantity, lost
                )
                insist("log: another order is told", promise.order_id == lost.order_id, lost)
                promise.free((lost.line_id, lost.sku), lost.quantity)
