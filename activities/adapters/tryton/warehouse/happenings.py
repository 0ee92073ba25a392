"""What moved in a warehouse beside our releases, as stock events: pure functions of what Tryton wrote down.

Every change of what lies at a node is a move in Tryton, so that our ledger follows if each is told:

from            to              told as
supplier        node            stock.received
customer        node            stock.returned
node            customer        stock.shipped (reserved for nobody; our releases are told to their orders)
node            supplier        stock.shipped
lost and found  node            stock.adjusted, more: a count found it
node            lost and found  stock.adjusted, less; stock.scrapped where it had been set aside
for sale        set aside       stock.set_aside, by the place's code: ``berlin-DAMAGED``
set aside       for sale        stock.cleared
node            another node    stock.transfer_dispatched and stock.transfer_received

A count is told by what it changed: Tryton counts a place, our ledger a node, with what stands packed at the gate.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from activities.adapters.tryton.reading_on import Written
from activities.adapters.tryton.warehouse.telling import Article, Named
from activities.adapters.tryton.wire import Read
from models.stock.events import (
    AdjustedLine,
    GoodsAdjusted,
    GoodsCleared,
    GoodsReceived,
    GoodsReturned,
    GoodsScrapped,
    GoodsSetAside,
    GoodsShipped,
    StockLine,
    TransferDispatched,
    TransferReceived,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from activities.adapters.tryton.warehouse.masters import Place
    from models.stock.events import StockEvent

    _About = Callable[[str], dict[str, Any]]
    """What every event about a record begins with, by what it tells."""

_ORDER = re.compile(r"order:[a-z][a-z0-9_]*:[A-Za-z0-9._~-]+")
_OUTSIDE = frozenset({"customer", "supplier"})


class Move(Written):
    """Goods that were moved."""

    product: Article
    internal_quantity: float
    lot: Named | None
    from_location: int
    to_location: int
    shipment: str | None
    origin: str | None
    create_date: datetime


class Moved(Read):
    """Goods in a shipment between places."""

    product: Article
    internal_quantity: float
    state: str
    lot: Named | None
    from_location: int
    to_location: int


class Internal(Written):
    """A shipment from one place of ours to another."""

    number: str | None
    reference: str | None
    state: str
    from_location: int
    to_location: int
    create_date: datetime
    moves: list[Moved]


class Document(Read):
    """The paper goods came with."""

    number: str | None
    reference: str | None


def moved(move: Move, places: Mapping[int, Place], document: Document | None) -> tuple[StockEvent, ...]:
    """Say what a move that is done means; nothing, where the goods stay what and where they were.

    Args:
        move: the move, of no shipment to a customer nor between nodes: these are told as a whole.
        places: what its places mean.
        document: the paper it belongs to, where there is one.
    """
    here, there = places[move.from_location], places[move.to_location]
    about = _about(move, document)
    if here.node is None and there.node is None:
        return ()
    if here.node is None or there.node is None:
        return _through_the_gate(move, here, there, about, document)
    if here.node != there.node:
        way: dict[str, Any] = {"transfer_id": f"move {move.id}", "from_node": here.node, "to_node": there.node}
        way["lines"] = _lines([move])
        return (TransferDispatched(**about("dispatched"), **way), TransferReceived(**about("received"), **way))
    return _judged(move, here, there, about)


def transferred(shipment: Internal, places: Mapping[int, Place]) -> tuple[StockEvent, ...]:
    """Say what a shipment between two nodes tells by now; nothing, where it stays within one."""
    here, there = places[shipment.from_location].node, places[shipment.to_location].node
    if here is None or there is None or here == there or shipment.state not in {"shipped", "done"}:
        return ()
    about = _about(shipment, shipment)
    way: dict[str, Any] = {
        "transfer_id": shipment.reference or f"TR-{shipment.id}",
        "from_node": here,
        "to_node": there,
    }
    gone = [one for one in shipment.moves if one.state == "done" and places[one.from_location].node == here]
    come = [one for one in shipment.moves if one.state == "done" and places[one.to_location].node == there]
    events: list[StockEvent] = []
    if gone:
        events.append(TransferDispatched(**about("dispatched"), **way, lines=_lines(gone)))
    if come:
        events.append(TransferReceived(**about("received"), **way, lines=_lines(come)))
    return tuple(events)


def within_one(shipment: Internal, places: Mapping[int, Place]) -> bool:
    """Whether goods stay at the node: its moves are told one by one."""
    return places[shipment.from_location].node == places[shipment.to_location].node


def _through_the_gate(
    move: Move,
    here: Place,
    there: Place,
    about: _About,
    document: Document | None,
) -> tuple[StockEvent, ...]:
    lines = _lines([move])
    if here.node is None:
        into: dict[str, Any] = {"node": there.node, "lines": lines, "state": there.set_aside}
        if here.type == "supplier":
            return (GoodsReceived(**about("received"), **into, supply_id=_reference(document)),)
        if here.type == "customer":
            return (GoodsReturned(**about("returned"), **into, order_id=_order(document)),)
        found: list[StockEvent] = [_adjusted(move, there, 1, about)]
        if there.set_aside is not None:
            found.append(GoodsSetAside(**about("set-aside"), **into))
        return tuple(found)
    if there.type in _OUTSIDE:
        return (GoodsShipped(**about("shipped"), node=here.node, lines=lines),)
    if here.set_aside is not None:
        return (GoodsScrapped(**about("scrapped"), node=here.node, lines=lines, state=here.set_aside),)
    return (_adjusted(move, here, -1, about),)


def _judged(move: Move, here: Place, there: Place, about: _About) -> tuple[StockEvent, ...]:
    at: dict[str, Any] = {"node": here.node, "lines": _lines([move])}
    if there.set_aside is None and here.set_aside is not None:
        return (GoodsCleared(**about("cleared"), **at, state=here.set_aside),)
    if there.set_aside is None or there.set_aside is here.set_aside:
        return ()
    return (GoodsSetAside(**about("set-aside"), **at, state=there.set_aside, from_state=here.set_aside),)


def _adjusted(move: Move, place: Place, sign: int, about: _About) -> GoodsAdjusted:
    [line] = _lines([move])
    adjusted = AdjustedLine(sku=line.sku, quantity=sign * line.quantity, lot=line.lot)
    why = "counted" if (move.origin or "").startswith("stock.inventory.line,") else "found" if sign > 0 else "lost"
    return GoodsAdjusted(**(about("adjusted") | {"reason": why}), node=place.node or "", lines=(adjusted,))


def _about(record: Move | Internal, document: Document | Internal | None) -> _About:
    kind = "move" if isinstance(record, Move) else "internal"
    name = f"{kind}/{record.id}:{record.create_date:%Y%m%dT%H%M%S}"
    paper = None if document is None else document.number

    def about(what: str) -> dict[str, Any]:
        return {"event_id": f"{name}/{what}", "occurred_at": record.write_date, "document": paper}

    return about


def _lines(goods: Iterable[Move | Moved]) -> tuple[StockLine, ...]:
    found: Counter[tuple[str, str]] = Counter()
    for one in goods:
        found[one.product.code, one.lot.lot if one.lot is not None else ""] += round(one.internal_quantity)
    return tuple(
        StockLine(sku=sku, quantity=quantity, lot=lot) for (sku, lot), quantity in sorted(found.items()) if quantity
    )


def _reference(document: Document | None) -> str | None:
    return None if document is None else document.reference or document.number


def _order(document: Document | None) -> str | None:
    """The order a customer's return names, where it names one of ours."""
    reference = (document.reference or "") if document is not None else ""
    return reference if _ORDER.fullmatch(reference) else None
