"""Stock on our books, in memory: balances and reservations, changed only by steps of `models.stock.life`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from models.stock import life, spreading
from models.stock.life import Claim, ClaimLine, Place, Shift, Step
from models.stock.picture import Picture, Shelf
from models.stock.quantities import PARTS_OF_ON_HAND, Balance, StockState
from models.stock.reservation import Allocation, ReservationAnswer, ReservationState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from models.stock.demand import Demand, Need
    from models.stock.nodes import Node
    from models.stock.reservation import Consumption, Shipped

Spot = tuple[str, str, str]
"""A balance: SKU, node and lot."""
LIVE = frozenset({ReservationState.HELD, ReservationState.COMMITTED})


@dataclass
class Kept:
    """A reservation, and what it was asked for."""

    key: str
    order_id: str
    claim: Claim
    needs: tuple[Need, ...] = ()
    demand: Demand | None = None
    since: datetime | None = None
    answer: ReservationAnswer | None = None

    @property
    def allocations(self) -> tuple[Allocation, ...]:
        """What is still promised under it."""
        return tuple(_allocation(line.place, line.open) for line in self.claim.lines if line.open)


@dataclass(frozen=True)
class WentOff:
    """So many taken off the shelf for an order."""

    key: str
    order_id: str
    place: Place
    quantity: int
    beyond: bool
    """Whether the reservation had less."""


class Books:
    """What lies where, and whom it was promised to."""

    def __init__(self, nodes: tuple[Node, ...], now: Callable[[], datetime]) -> None:
        """Begin with empty shelves."""
        self._nodes = nodes
        self._now = now
        self.levels: dict[Spot, Counter[StockState]] = {}
        self.expires: dict[tuple[str, str], date | None] = {}
        self.kept: dict[str, Kept] = {}
        self.went_off: list[WentOff] = []
        self.lots_promised: list[tuple[datetime, str, Allocation]] = []
        """When, to whom, and what: of each allocation ever made."""
        self._documents: set[str] = set()
        self.scrapped: Callable[[Spot, int], None] = lambda _spot, _quantity: None
        """Told of goods that are thrown away on our word."""
        self.changed: Callable[[], None] = lambda: None
        """Told after each change."""

    def available(self, spot: Spot) -> int:
        """What nobody has been promised and nothing forbids to sell."""
        levels = self.levels[spot]
        return levels[StockState.ON_HAND] - sum(levels[state] for state in PARTS_OF_ON_HAND)

    def live(self) -> Iterable[tuple[Kept, ClaimLine]]:
        """Every line that is promised to somebody."""
        for kept in self.kept.values():
            if kept.claim.state in LIVE:
                for line in kept.claim.lines:
                    yield kept, line

    def lose(self, kept: Kept, place: Place, quantity: int) -> None:
        """So many of what was promised there are not there."""
        self.write(kept, life.lose(kept.claim, {place: quantity}))
        self.shift((place.sku, place.node, place.lot), StockState.ON_HAND, -quantity)
        self.changed()

    def grant(self, kept: Kept, allocations: Iterable[Allocation], expires_at: datetime | None) -> None:
        """Hold these under a reservation."""
        granted = tuple(allocations)
        lines = (ClaimLine(Place(one.line_id, one.sku, one.node, one.lot), one.quantity) for one in granted)
        self.kept[kept.key] = kept
        self.lots_promised += ((self._now(), kept.order_id, one) for one in granted)
        self.write(kept, life.grant(lines, expires_at))

    def write(self, kept: Kept, step: Step) -> None:
        """Write what a step makes of a reservation."""
        kept.claim = step.claim
        for change in step.shifts:
            self._apply(change)
        if step.shifts:
            self.changed()

    def _apply(self, change: Shift) -> None:
        place = change.place
        self.shift((place.sku, place.node, place.lot), change.state, change.quantity)

    def shift(self, spot: Spot, state: StockState | None, quantity: int) -> None:
        """Move a balance; no state, no move."""
        if state is not None:
            self.levels.setdefault(spot, Counter())[state] += quantity

    def once(self, key: str) -> bool:
        """Claim a document's key; False where it was written before."""
        is_new = key not in self._documents
        self._documents.add(key)
        return is_new

    # --- what left ----------------------------------------------------------------------------------------------------

    def within(self, kept: Kept, item: Shipped) -> int:
        """How many of what was shipped the reservation still has."""
        if kept.claim.state not in LIVE:
            return 0
        name = (item.line_id, item.sku, item.node)
        lines = (line for line in kept.claim.lines if (line.place.line_id, line.place.sku, line.place.node) == name)
        return min(item.quantity, sum(line.open for line in lines))

    def take_within(self, kept: Kept, consumption: Consumption, *items: Shipped) -> None:
        """Take what the reservation has off the shelf.

        Raises:
            Conflict: it has less.
        """
        swapped, shipped = spreading.shipped_places(kept.claim, items, believe_lots=True)
        if any(self._lacks(change) for change in swapped.shifts):
            # The lot that went has not enough to spare: the reserved lots go after all.
            swapped, shipped = spreading.shipped_places(kept.claim, items, believe_lots=False)
        gone = life.consume(swapped.claim, shipped)
        self.write(kept, replace(gone, shifts=(*swapped.shifts, *gone.shifts)))
        self.went_off += (
            WentOff(consumption.key, consumption.order_id, place, quantity, beyond=False)
            for place, quantity in shipped.items()
        )

    def _lacks(self, change: Shift) -> bool:
        spot = (change.place.sku, change.place.node, change.place.lot)
        return change.quantity > 0 and (spot not in self.levels or self.available(spot) < change.quantity)

    def take_beyond(self, consumption: Consumption, item: Shipped) -> None:
        """Take so many off one article's shelves at one node: what is free, then what others were promised."""
        rest = item.quantity
        spots = [spot for spot in self.levels if spot[:2] == (item.sku, item.node)]
        spots.sort(key=lambda spot: (spot[2] != (item.lot or spot[2]), spot[2]))
        for spot in spots:
            part = min(rest, max(self.available(spot), 0))
            rest -= part
            self._off(consumption, item, spot, part)
        for kept, line in list(self.live()):
            place = line.place
            if rest and (place.sku, place.node) == (item.sku, item.node) and line.open:
                part = min(rest, line.open)
                rest -= part
                self.write(kept, life.lose(kept.claim, {place: part}))
                self._off(consumption, item, (place.sku, place.node, place.lot), part)

    def _off(self, consumption: Consumption, item: Shipped, spot: Spot, part: int) -> None:
        if part:
            self.shift(spot, StockState.ON_HAND, -part)
            place = Place(item.line_id, *spot)
            self.went_off.append(WentOff(consumption.key, consumption.order_id, place, part, beyond=True))

    # --- what can be seen ---------------------------------------------------------------------------------------------

    def picture(self) -> Picture:
        """What sourcing looks at."""
        return Picture.model_construct(
            at=self._now(),
            nodes=self._nodes,
            shelves=tuple(self._shelf(spot, levels) for spot, levels in self.levels.items()),
            fences=(),
            supplies=(),
            loads=(),
            waiting={},
        )

    def _shelf(self, spot: Spot, levels: Counter[StockState]) -> Shelf:
        sku, node, lot = spot
        counted: dict[str, Any] = {state.value: max(levels[state], 0) for state in StockState}
        balance = Balance.model_construct(sku=sku, node=node, lot=lot, **counted)
        return Shelf.model_construct(balance=balance, expires_on=self.expires.get((sku, lot)))


def _allocation(place: Place, quantity: int) -> Allocation:
    return Allocation(line_id=place.line_id, sku=place.sku, quantity=quantity, node=place.node, lot=place.lot)
