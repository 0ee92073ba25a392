"""The promise book of one order: what is reserved, awaited and on its way, and the promise that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.order.document import Delivery
from models.policy.promises import keeping
from models.policy.promises.keeping import Progress, Wishes
from models.policy.promises.reckoning import Awaited, OnItsWay, reckon
from models.policy.promises.transit import Destination
from models.states.fulfilment import ShipmentState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from models.order.goods import Goods
    from models.order.order import Order
    from models.order.pieces import Piece
    from models.partners.events import ParcelMoved, ParcelShipped
    from models.policy.promises.rules import PromiseRules
    from models.promises.promise import Promise
    from models.promises.sender import Sender
    from models.stock.demand import Need
    from models.stock.reservation import Allocation

_STUCK = {ShipmentState.FAILED_ATTEMPT, ShipmentState.EXCEPTION}
_GONE = {ShipmentState.LOST, ShipmentState.RETURNED_TO_SENDER}


@dataclass
class _Held:
    """So many of a piece, reserved at a node."""

    piece: Piece
    node: str
    quantity: int
    since: datetime


@dataclass
class _Track:
    """What a carrier has said of a parcel; that may come before the node's word of it."""

    estimate: datetime | None = None
    failed_at: datetime | None = None
    arrived_at: datetime | None = None
    state: ShipmentState = ShipmentState.DISPATCHED


@dataclass(frozen=True)
class _Parcel:
    """A parcel as far as its date goes."""

    node: str
    tracking_number: str
    lines: frozenset[str]
    left_at: datetime
    track: _Track


class PromiseBook:
    """Nothing is promised before rules and senders are known: orders of before they were have no promise."""

    def __init__(self, goods: Goods) -> None:
        """Begin with nothing promised; `goods` says what is still outstanding."""
        self._goods = goods
        self._rules: PromiseRules | None = None
        self._senders: dict[str, Sender] = {}
        self._held: list[_Held] = []
        self._waiting: dict[str, tuple[frozenset[str], datetime | None]] = {}
        self._parcels: dict[str, _Parcel] = {}
        self._tracks: dict[str, _Track] = {}
        self.promise: Promise | None = None

    # --- what happens ---------------------------------------------------------------------------------------------

    def go_by(self, rules: PromiseRules | None) -> None:
        """Go by these rules: those of the order's policy."""
        self._rules = rules

    def know(self, senders: Iterable[Sender]) -> None:
        """Take note of nodes that send, or may send, some of it."""
        self._senders |= {sender.node: sender for sender in senders}

    def reserved(self, allocations: Iterable[Allocation], at: datetime) -> None:
        """Note what is reserved from now on."""
        self._held += (_Held((one.line_id, one.sku), one.node, one.quantity, at) for one in allocations)

    def waits(self, key: str, needs: Iterable[Need], expected_at: datetime | None) -> None:
        """Note what waits for supply under a reservation's key, and when that is expected."""
        self._waiting[key] = frozenset(need.line_id for need in needs), expected_at

    def expected(self, key: str, expected_at: datetime | None) -> None:
        """Note another date for what waits."""
        lines, _ = self._waiting.get(key, (frozenset[str](), None))
        self._waiting[key] = lines, expected_at

    def waits_no_more(self, key: str) -> None:
        """Note that it came, or is given up."""
        self._waiting.pop(key, None)

    def shipped(self, event: ParcelShipped, node: str) -> None:
        """Note a parcel that has left the node it was released to."""
        lines = frozenset(line.line_id for line in event.lines)
        track = self._track(event.tracking_number)
        self._parcels[event.shipment_id] = _Parcel(node, event.tracking_number, lines, event.occurred_at, track)
        for line in event.lines:
            left = line.quantity
            for held in self._held:
                if held.piece == (line.line_id, line.sku) and held.node == node:
                    taken = min(held.quantity, left)
                    held.quantity -= taken
                    left -= taken
        self._held = [held for held in self._held if held.quantity]

    def moved(self, event: ParcelMoved) -> None:
        """Note what a carrier says of a parcel, its own estimate with it."""
        track = self._track(event.tracking_number)
        if track.arrived_at is not None:
            return
        track.state = event.state
        track.estimate = event.estimated_delivery or track.estimate
        if event.state in _STUCK:
            track.failed_at = event.occurred_at
        elif event.state is ShipmentState.DELIVERED:
            track.arrived_at = event.occurred_at

    def _track(self, tracking_number: str) -> _Track:
        return self._tracks.setdefault(tracking_number, _Track())

    # --- what follows ---------------------------------------------------------------------------------------------

    def reckon(self, order: Order, reason: str, at: datetime) -> None:
        """Work the promise out anew, and judge it."""
        rules = self._rules
        if rules is None or not self._senders:
            return
        progress = self._progress(order)
        legs = list(self._legs())
        if legs and progress.delivered_at is None:
            lines = reckon(rules, _destination(order), legs, at)
            if self.promise is None:
                wishes = Wishes(order.fulfilment.ship_by, order.fulfilment.deliver_by)
                self.promise = keeping.begun(wishes, lines, at, reason)
            else:
                self.promise = keeping.renewed(self.promise, lines, at, reason)
        if self.promise is not None:
            self.promise = keeping.judged(rules, self.promise, progress, at)

    def next_look(self, order: Order, at: datetime) -> datetime | None:
        """When it has to be worked out anew though nothing happens; none where that is never."""
        if self._rules is None or self.promise is None:
            return None
        return keeping.next_look(self._rules, self.promise, self._progress(order), at)

    @property
    def rests_minutes(self) -> int:
        """How long a change rests before it is told."""
        return self._rules.settle_minutes if self._rules else 0

    @property
    def matters(self) -> bool:
        """Whether the customer is to be told of the latest dates."""
        return self._rules is not None and self.promise is not None and keeping.matters(self._rules, self.promise)

    def told(self, at: datetime) -> None:
        """Note that the customer knows the latest dates."""
        if self.promise is not None:
            self.promise = keeping.told(self.promise, at)

    def end(self, order: Order) -> None:
        """Promise nothing more: the order ends."""
        if self.promise is not None:
            self.promise = keeping.ended(self.promise, self._progress(order))

    def _progress(self, order: Order) -> Progress:
        goods, gone = self._goods, [parcel for parcel in self._parcels.values() if parcel.track.state in _GONE]
        parcels = [parcel for parcel in self._parcels.values() if parcel.track.state not in _GONE]
        collected = order.fulfilment.delivery is Delivery.PICK_UP
        there = [parcel.left_at if collected else parcel.track.arrived_at for parcel in parcels]
        known = [moment for moment in there if moment is not None]
        lost = any(not self._sent_again(parcel) for parcel in gone)
        all_there = goods.all_shipped and bool(parcels) and len(known) == len(parcels)
        return Progress(
            all_shipped=goods.all_shipped,
            nearly_there=goods.all_shipped and all(self._in_time(parcel) for parcel in parcels),
            lost=lost,
            delivered_at=max(known) if all_there and not lost else None,
        )

    def _sent_again(self, parcel: _Parcel) -> bool:
        return any(part.again for (line_id, _), part in self._goods.parts.items() if line_id in parcel.lines)

    def _in_time(self, parcel: _Parcel) -> bool:
        due = self.promise.deliver_by if self.promise else None
        track = parcel.track
        on_time = track.estimate is not None and (due is None or track.estimate <= due)
        return on_time or track.arrived_at is not None or track.state is ShipmentState.OUT_FOR_DELIVERY

    def _legs(self) -> Iterator[Awaited | OnItsWay]:
        """Everything that is to be sent or has been, line by line as they were ordered."""
        for line in self._goods.order.lines:
            yield from self._unsent(line.id)
            for parcel in self._parcels.values():
                if line.id in parcel.lines and parcel.track.state not in _GONE:
                    yield OnItsWay(
                        line_id=line.id,
                        left_at=parcel.left_at,
                        sender=self._senders_at(parcel.node)[0],
                        parcel=parcel.tracking_number,
                        estimate=parcel.track.estimate,
                        failed_at=parcel.track.failed_at,
                        arrived_at=parcel.track.arrived_at,
                    )

    def _unsent(self, line_id: str) -> Iterator[Awaited]:
        open_pieces = {piece: left for piece, left in self._goods.outstanding().items() if piece[0] == line_id}
        waiting = [date for lines, date in self._waiting.values() if line_id in lines]
        uncovered = False
        for piece, outstanding in open_pieces.items():
            part = self._goods.parts[piece]
            left = min(part.reserved - part.shipped - part.resent, outstanding)
            uncovered |= left < outstanding
            # The newest first: what was lost or not found again is what was reserved before.
            for held in reversed(self._held):
                if held.piece == piece and left > 0:
                    left -= held.quantity
                    yield Awaited(line_id, held.since, self._senders_at(held.node))
        if uncovered:
            yield from (Awaited(line_id, date, self._all_senders, supply=True) for date in waiting or [None])

    @property
    def _all_senders(self) -> tuple[Sender, ...]:
        return tuple(self._senders.values())

    def _senders_at(self, node: str) -> tuple[Sender, ...]:
        found = self._senders.get(node)
        return (found,) if found else self._all_senders


def _destination(order: Order) -> Destination:
    address = order.shipping_address
    return Destination(
        country=address.country if address else None,
        postal_code=(address.postal_code or "") if address else "",
        service_level=order.fulfilment.service_level,
        collected=order.fulfilment.delivery is Delivery.PICK_UP,
    )
