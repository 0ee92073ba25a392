"""What a release's shipment tells its order, in our words: pure functions of how it stands."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from activities.adapters.tryton.reading_on import Written
from activities.adapters.tryton.wire import Read
from models.partners.events import (
    GoodsCollected,
    ParcelShipped,
    PickedLine,
    PickedShort,
    ReadyToCollect,
    ReleaseAcknowledged,
    ReleaseRejected,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from activities.adapters.tryton.warehouse.tickets import Ticket
    from models.partners.events import PartnerEvent

_BEGUN = frozenset({"assigned", "picked", "packed", "shipped", "done"})
_PACKED = frozenset({"packed", "shipped", "done"})
_LEFT = frozenset({"shipped", "done"})
_NOT_OURS = re.compile(r"[^A-Za-z0-9._~/-]")
_LOT_MAX = 100
UNASKED = "unasked"
"""The line of goods nobody asked for: the order does not know it, and shows it to a person."""


class Named(Read):
    """A lot or a package, by its number."""

    number: str

    @property
    def lot(self) -> str:
        """The number as our lots are spelt, in which a space and the like are a hyphen."""
        return _NOT_OURS.sub("-", self.number)[:_LOT_MAX]


class Article(Read):
    """An article, by its SKU."""

    code: str


class Sent(Read):
    """Goods that leave with a shipment."""

    product: Article
    internal_quantity: float
    """In the article's own unit."""
    state: str
    lot: Named | None
    package: Named | None


class Outgoing(Written):
    """A shipment to a customer, with what is in it."""

    number: str | None
    state: str
    partially_assigned: bool
    create_date: datetime
    outgoing_moves: list[Sent]


@dataclass
class _Owed:
    """What the lines of a release still have to get."""

    ticket: Ticket
    left: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.left = [line.quantity for line in self.ticket.lines]

    def give(self, sku: str, lot: str | None, quantity: int) -> Iterator[tuple[int, int]]:
        """Give goods to lines that wait for them, first to those that asked for this lot; what is over goes to none."""
        waiting = [at for at, line in enumerate(self.ticket.lines) if line.sku == sku]
        for at in sorted(waiting, key=lambda at: (self.ticket.lines[at].lot != (lot or ""), at)):
            share = min(quantity, self.left[at])
            if share:
                self.left[at] -= share
                quantity -= share
                yield at, share
        if quantity:
            yield len(self.ticket.lines), quantity


def told_by(shipment: Outgoing, ticket: Ticket, *, stopped: bool) -> tuple[PartnerEvent, ...]:
    """Say all that a shipment tells by now, oldest first. Told again, each event has the id it had.

    Args:
        shipment: how it stands.
        ticket: what we asked for.
        stopped: whether it was we who cancelled it.
    """
    about = _about(shipment, ticket)
    if shipment.state == "cancelled":
        if stopped or shipment.number is None:
            return ()
        reason = "the warehouse cancelled it"
        return (ReleaseRejected(**about("rejected"), reason=reason),)
    events: list[PartnerEvent] = []
    if shipment.state in _BEGUN or shipment.partially_assigned:
        events.append(ReleaseAcknowledged(**about("acknowledged")))
    if ticket.collected and shipment.state in _PACKED:
        events.append(ReadyToCollect(**about("ready"), node=ticket.node))
    if shipment.state in (frozenset({"done"}) if ticket.collected else _LEFT):
        owed = _Owed(ticket)
        for name, lines in _parcels(shipment, owed):
            events.append(_gone(about(f"left/{name}"), name, lines, shipment, ticket))
        missing = _missing(owed)
        if missing:
            events.append(PickedShort(**about("short"), lines=missing))
    return tuple(events)


def _about(shipment: Outgoing, ticket: Ticket) -> Callable[[str], dict[str, Any]]:
    # A Tryton that was set up anew counts from one again: the moment tells its shipments from those before.
    name = f"out/{shipment.id}:{shipment.create_date:%Y%m%dT%H%M%S}"

    def about(what: str) -> dict[str, Any]:
        return {
            "event_id": f"{name}/{what}",
            "order_id": ticket.order_id,
            "occurred_at": shipment.write_date,
            "release_key": ticket.key,
        }

    return about


def _gone(
    about: dict[str, Any], name: str, lines: tuple[PickedLine, ...], shipment: Outgoing, ticket: Ticket
) -> PartnerEvent:
    place: dict[str, Any] = {
        "shipment_id": f"S{shipment.id}-{name}" if name != "rest" else f"S{shipment.id}",
        "node": ticket.node,
    }
    if ticket.tracking_number is None:
        return GoodsCollected(**about, **place, lines=lines)
    label: dict[str, Any] = {"carrier": ticket.carrier or "unknown", "tracking_number": ticket.tracking_number}
    return ParcelShipped(**about, **place, **label, lines=lines)


def _parcels(shipment: Outgoing, owed: _Owed) -> Iterator[tuple[str, tuple[PickedLine, ...]]]:
    """Take a shipment apart into its packages, oldest first; what is in none is one more. Collected goods are one."""
    packed: defaultdict[int, list[Sent]] = defaultdict(list)
    for sent in sorted(shipment.outgoing_moves, key=lambda one: one.id):
        if sent.state != "cancelled" and round(sent.internal_quantity):
            apart = sent.package is not None and not owed.ticket.collected
            packed[sent.package.id if apart and sent.package is not None else 0].append(sent)
    for package, goods in sorted(packed.items(), key=lambda one: one[0] or float("inf")):
        yield f"P{package}" if package else "rest", _lines(goods, owed)


def _lines(goods: list[Sent], owed: _Owed) -> tuple[PickedLine, ...]:
    found: Counter[tuple[int, str, str | None]] = Counter()
    for sent in goods:
        lot = sent.lot.lot if sent.lot is not None else None
        for at, share in owed.give(sent.product.code, lot, round(sent.internal_quantity)):
            found[at, sent.product.code, lot] += share
    asked = [line.line_id for line in owed.ticket.lines]
    return tuple(
        PickedLine(line_id=[*asked, UNASKED][at], sku=sku, quantity=quantity, lot=lot)
        for (at, sku, lot), quantity in sorted(found.items(), key=lambda one: (one[0][0], one[0][1], one[0][2] or ""))
    )


def _missing(owed: _Owed) -> tuple[PickedLine, ...]:
    return tuple(
        PickedLine(line_id=line.line_id, sku=line.sku, quantity=left, lot=line.lot or None)
        for line, left in zip(owed.ticket.lines, owed.left, strict=True)
        if left
    )
