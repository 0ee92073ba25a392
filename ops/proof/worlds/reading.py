"""What a world's database says, read for the laws that need the log beside it.

It is read in plain blocking calls: they take a fraction of the time, and nothing waits for them but the worlds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import BigInteger, cast, func, select

from activities.adapters.store.stock.tables import reservation_lines, reservations, stock_balances
from models.stock.quantities import PARTS_OF_ON_HAND
from models.stock.reservation import ReservationState
from ops.proof.worlds.log import LIVE, insist

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from activities.adapters.store.stock.movements import Spot
    from ops.proof.worlds.log import Item, Log, Promise

_r, _l, _b = reservations.c, reservation_lines.c, stock_balances.c
_COUNTS = ("quantity", "consumed", "released")
_sums = [cast(func.sum(_l[name]), BigInteger).label(name) for name in _COUNTS]
_CLAIMS = (
    select(_r.key, _r.state, _l.line_id, _l.sku, *_sums)
    .select_from(reservations.outerjoin(reservation_lines))
    .group_by(_r.key, _r.state, _l.line_id, _l.sku)
)
_on_hand = cast(func.sum(_b.on_hand), BigInteger)
_ON_HAND = select(_b.sku, _b.node, _on_hand.label("on_hand")).group_by(_b.sku, _b.node)
_parts = [_b[state.value] for state in PARTS_OF_ON_HAND]
_SHELVES = select(stock_balances, (_b.on_hand - sum(_parts[1:], _parts[0])).label("available"))
_OPEN_LINES = select(
    _l.line_id, _l.sku, _l.node, _l.lot, _l.picked, (_l.quantity - _l.consumed - _l.released).label("open")
).order_by(_l.line_id, _l.sku, _l.node, _l.lot)


class Shelf(NamedTuple):
    """What lies in a balance."""

    on_hand: int
    available: int
    damaged: int
    for_sale: int
    """Not set aside; promised or not."""
    promised: int
    picked: int
    """Of what is promised."""


def shelves(connection: Connection, skus: Sequence[str]) -> dict[Spot, Shelf]:
    """Every balance, by article, node and lot."""
    rows = connection.execute(_SHELVES.where(_b.sku.in_(skus)).order_by(_b.sku, _b.node, _b.lot))
    return {
        (row.sku, row.node, row.lot): Shelf(
            row.on_hand,
            row.available,
            row.damaged,
            row.on_hand - row.damaged - row.quarantined - row.in_inspection,
            row.soft_reserved + row.allocated + row.picked,
            row.picked,
        )
        for row in rows
    }


def open_lines(connection: Connection, key: str) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    """What is open, and picked of it, by line, article, node and lot."""
    rows = connection.execute(_OPEN_LINES.where(_l.reservation_key == key))
    return {(row.line_id, row.sku, row.node, row.lot): (row.open, row.picked) for row in rows if row.open}


def reconcile(connection: Connection, log: Log, skus: Sequence[str], orders: Sequence[str]) -> None:
    """Compare what the log says must be with what is.

    Raises:
        Broken: they differ.
    """
    rows = connection.execute(_ON_HAND.where(_b.sku.in_(skus))).all()
    on_hand = {(row.sku, row.node): row.on_hand for row in rows if row.on_hand}
    insist("I9 on hand is not what came less what went", on_hand == +log.on_hand, on_hand, dict(log.on_hand))
    states: dict[str, ReservationState] = {}
    counts: defaultdict[str, dict[Item, tuple[int, int, int]]] = defaultdict(dict)
    for row in connection.execute(_CLAIMS.where(_r.order_id.in_(orders))):
        states[row.key] = ReservationState(row.state)
        if row.line_id is not None:
            counts[row.key][row.line_id, row.sku] = (row.quantity, row.consumed, row.released)
    for key, promise in log.promises.items():
        insist("log: a promise was forgotten", key in states, key)
        _compare(promise, states[key], counts[key])
    for key in counts.keys() - log.promises.keys():
        idle = all(quantity == consumed + released for quantity, consumed, released in counts[key].values())
        insist("I10 somebody was promised something and not told", idle and states[key] not in LIVE, key)


def _compare(promise: Promise, state: ReservationState, counts: dict[Item, tuple[int, int, int]]) -> None:
    if promise.state is ReservationState.PENDING and state is ReservationState.COMMITTED:
        # A backorder is filled by whatever brings the goods; all of it at once.
        promise.state = state
    insist("log: a reservation stands otherwise than was answered", promise.state is state, promise, state)
    if state is ReservationState.PENDING:
        insist("I10 a backorder has something already", not counts, promise, counts)
        return
    granted, consumed, released = (
        Counter({item: values[place] for item, values in counts.items() if values[place]}) for place in range(3)
    )
    said = promise.granted if counts else Counter[tuple[str, str]]()
    insist("log: a grant is not what was answered", granted == +said, promise, granted)
    insist("log: what left is not what was answered", consumed == +promise.consumed, promise, consumed)
    insist("log: what was given back is not what was answered", released == (+promise.freed if counts else {}), promise)
