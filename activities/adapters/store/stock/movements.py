"""Movements, and the balances they move: written together, or neither."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, update

from activities.adapters.store.clock import utc_now
from activities.adapters.store.stock.tables import (
    ring_fences,
    stock_balances,
    stock_changes,
    stock_movements,
)
from activities.adapters.store.stock.transaction import insert_once
from models.stock.quantities import PARTS_OF_ON_HAND, MovementKind, StockState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

OURSELVES = "orderloom"
Spot = tuple[str, str, str]
"""A balance: SKU, node and lot."""


class BalanceRefused(Exception):
    """A balance could not give what a movement takes; the transaction must not be committed."""


@dataclass(frozen=True)
class Movement:
    """So many more, or fewer, of an article at a node."""

    sku: str
    node: str
    state: StockState
    quantity: int
    line_id: str | None = None
    lot: str = ""
    holder: str | None = None
    """Whose ring-fence it is, where the state is channel-reserved."""
    floor: int = 0
    """What must stay available in the balance."""


@dataclass(frozen=True)
class Document:
    """What a set of movements was written for."""

    key: str
    kind: MovementKind
    order_id: str | None = None
    reason: str | None = None
    actor: str = OURSELVES
    occurred_at: datetime | None = None
    """None: now."""


_b = stock_balances.c
_changed = {state: _b[state.value] + bindparam(f"{state.value}_change", type_=_b[state].type) for state in StockState}
_available = _changed[StockState.ON_HAND]
for _state in PARTS_OF_ON_HAND:
    _available = _available - _changed[_state]
# The guard says in the statement itself what the table's checks say: nobody can slip between a look and a leap.
_MOVE_BALANCE = (
    update(stock_balances)
    .where(_b.sku == bindparam("of_sku"), _b.node == bindparam("at_node"), _b.lot == bindparam("of_lot"))
    .where(_available >= bindparam("floor", type_=_b.on_hand.type), *(changed >= 0 for changed in _changed.values()))
    .values({state.value: changed for state, changed in _changed.items()})
)
_f = ring_fences.c
_fenced = _f.quantity + bindparam("change", type_=_f.quantity.type)
_MOVE_FENCE = (
    update(ring_fences)
    .where(_f.sku == bindparam("of_sku"), _f.node == bindparam("at_node"), _f.lot == bindparam("of_lot"))
    .where(_f.holder == bindparam("of_holder"), _fenced >= 0)
    .values(quantity=_fenced)
)
_MOVE = insert(stock_movements)
_CHANGE = insert(stock_changes)


async def open_balances(connection: AsyncConnection, spots: Iterable[Spot]) -> None:
    """Have a row for each balance, an empty one where there was none."""
    nothing = dict.fromkeys((state.value for state in StockState), 0)
    for sku, node, lot in sorted(set(spots)):
        await insert_once(connection, stock_balances, {"sku": sku, "node": node, "lot": lot, **nothing})


async def move(connection: AsyncConnection, document: Document, movements: Sequence[Movement]) -> None:
    """Write movements, and move the balances and ring-fences by their sum.

    Balances come last, for they are what others wait for, and in one order (SKU, node, lot) everywhere, so that two
    baskets never wait for each other in a circle.

    Raises:
        BalanceRefused: a balance lacks the quantity, or is not there.
    """
    movements = [movement for movement in movements if movement.quantity]
    if not movements:
        return
    at = utc_now()
    await connection.execute(_MOVE, [_row(document, movement, at) for movement in movements])
    await connection.execute(_CHANGE, [{"sku": sku, "at": at} for sku in sorted({one.sku for one in movements})])
    changes = _changes(movements)
    if (await connection.execute(_MOVE_BALANCE, changes)).rowcount != len(changes):
        raise BalanceRefused
    fences = _fence_changes(movements)
    if fences and (await connection.execute(_MOVE_FENCE, fences)).rowcount != len(fences):
        raise BalanceRefused


def _row(document: Document, movement: Movement, at: datetime) -> dict[str, object]:
    return {
        "kind": document.kind,
        "state": movement.state,
        "sku": movement.sku,
        "node": movement.node,
        "lot": movement.lot,
        "quantity": movement.quantity,
        "document_key": document.key,
        "actor": document.actor[:100],
        "order_id": document.order_id,
        "line_id": movement.line_id,
        "reason": document.reason,
        "occurred_at": document.occurred_at or at,
        "at": at,
    }


def _changes(movements: Iterable[Movement]) -> list[dict[str, object]]:
    totals: defaultdict[Spot, dict[StockState, int]] = defaultdict(lambda: dict.fromkeys(StockState, 0))
    floors: defaultdict[Spot, int] = defaultdict(int)
    for movement in movements:
        spot = (movement.sku, movement.node, movement.lot)
        totals[spot][movement.state] += movement.quantity
        floors[spot] = max(floors[spot], movement.floor)
    return [
        {
            "of_sku": spot[0],
            "at_node": spot[1],
            "of_lot": spot[2],
            "floor": floors[spot],
            **{f"{state.value}_change": quantity for state, quantity in total.items()},
        }
        for spot, total in sorted(totals.items())
    ]


def _fence_changes(movements: Iterable[Movement]) -> list[dict[str, object]]:
    totals: defaultdict[tuple[str, str, str, str], int] = defaultdict(int)
    for movement in movements:
        if movement.holder is not None:
            totals[movement.sku, movement.node, movement.lot, movement.holder] += movement.quantity
    return [
        {"of_sku": sku, "at_node": node, "of_lot": lot, "of_holder": holder, "change": change}
        for (sku, node, lot, holder), change in sorted(totals.items())
    ]
