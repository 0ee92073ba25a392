"""Movements, and the balances they move: written together, or neither."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, update

from activities.adapters.store.clock import utc_now
from activities.adapters.store.stock_tables import stock_balances, stock_movements
from models.stock import MovementKind, StockState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection


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


@dataclass(frozen=True)
class Document:
    """What a set of movements was written for."""

    key: str
    kind: MovementKind
    order_id: str | None = None
    reason: str | None = None


_b = stock_balances.c
_on_hand = _b.on_hand + bindparam("on_hand_change", type_=_b.on_hand.type)
_reserved = _b.reserved + bindparam("reserved_change", type_=_b.reserved.type)
# The guard says in the statement itself what the table's checks say: nobody can slip between a look and a leap.
_MOVE_BALANCE = (
    update(stock_balances)
    .where(_b.sku == bindparam("of_sku"), _b.node == bindparam("at_node"))
    .where(_reserved >= 0, _on_hand >= _reserved)
    .values(on_hand=_on_hand, reserved=_reserved)
)
_MOVE = insert(stock_movements)


async def move(connection: AsyncConnection, document: Document, movements: Sequence[Movement]) -> None:
    """Write movements, and move the balances by their sum.

    Balances come last, for they are what others wait for, and in one order (SKU, node) everywhere, so that two
    baskets never wait for each other in a circle.

    Raises:
        BalanceRefused: a balance lacks the quantity, or is not there.
    """
    if not movements:
        return
    at = utc_now()
    await connection.execute(_MOVE, [_row(document, movement, at) for movement in movements])
    changes = _changes(movements)
    if (await connection.execute(_MOVE_BALANCE, changes)).rowcount != len(changes):
        raise BalanceRefused


def _row(document: Document, movement: Movement, at: datetime) -> dict[str, object]:
    return {
        "kind": document.kind,
        "state": movement.state,
        "sku": movement.sku,
        "node": movement.node,
        "quantity": movement.quantity,
        "document_key": document.key,
        "order_id": document.order_id,
        "line_id": movement.line_id,
        "reason": document.reason,
        "at": at,
    }


def _changes(movements: Iterable[Movement]) -> list[dict[str, object]]:
    totals: defaultdict[tuple[str, str], dict[StockState, int]] = defaultdict(lambda: dict.fromkeys(StockState, 0))
    for movement in movements:
        totals[movement.sku, movement.node][movement.state] += movement.quantity
    return [
        {
            "of_sku": sku,
            "at_node": node,
            "on_hand_change": total[StockState.ON_HAND],
            "reserved_change": total[StockState.RESERVED],
        }
        for (sku, node), total in sorted(totals.items())
    ]
