"""Right books, written by hand: what two orders have of a lot, a ring-fence, a supply, and every movement of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert, text

from activities.adapters.store.stock.movements import Document, Movement, move, open_balances
from activities.adapters.store.stock.tables import nodes, reservation_lines, reservations, ring_fences, supplies
from models.stock.nodes import Node
from models.stock.quantities import MovementKind, StockState

if TYPE_CHECKING:
    from activities.adapters.store.database import Database

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SOFT, FIRM = "order:b2b:soft", "order:b2b:firm"
_HOLDER = "channel:web"
_TRIGGERS = {
    "sqlite": [
        "DROP TRIGGER stock_movements_keep_update",
        "DROP TRIGGER stock_movements_keep_delete",
    ],
    "postgresql": ["ALTER TABLE stock_movements DISABLE TRIGGER USER"],
}


async def write_right_books(database: Database) -> None:
    """Ten cups of lot L1: three soft for one order, one of them fenced; two firm for another, one of them picked."""
    async with database.writing() as connection:
        node = Node(name="north")
        await connection.execute(insert(nodes), {"name": node.name, "priority": node.priority, "node": node})
        await open_balances(connection, [("cup", "north", "L1"), ("pot", "north", "")])
        await connection.execute(insert(ring_fences), {**_SPOT, "holder": _HOLDER, "quantity": 0})
        for key, order_id, state, expires_at in (
            ("r-soft", SOFT, "held", NOW + timedelta(hours=1)),
            ("r-firm", FIRM, "committed", None),
        ):
            opened = {"opened_at": NOW - timedelta(hours=1), "expires_at": expires_at}
            await connection.execute(insert(reservations), {"key": key, "order_id": order_id, "state": state, **opened})
            await _live_order(connection, order_id)
        for key, quantity, picked, fenced in (("r-soft", 3, 0, 1), ("r-firm", 2, 1, 0)):
            counts = {"quantity": quantity, "picked": picked, "consumed": 0, "released": 0, "fenced": fenced}
            holder = {"holder": _HOLDER if fenced else None}
            whose = {"reservation_key": key, "line_id": "1"}
            await connection.execute(insert(reservation_lines), {**_SPOT, **whose, **counts, **holder})
        await connection.execute(insert(supplies), _SUPPLY)
        for document, movements in _DOCUMENTS:
            await move(connection, document, movements)


async def by_hand(database: Database, *statements: str, unguarded: bool = False) -> None:
    """Change rows behind the ledger's back; `unguarded`: movements too, whose triggers are in the way."""
    async with database.writing() as connection:
        for statement in [*(_TRIGGERS[connection.dialect.name] if unguarded else ()), *statements]:
            await connection.execute(text(statement))


async def _live_order(connection, order_id: str) -> None:
    statement = text(
        "INSERT INTO orders (id, channel, external_id, headline, lifecycle, currency, total, document,"
        " content_digest, payload, version, received_at, updated_at)"
        " VALUES (:id, 'b2b', :id, 'accepted', 'accepted', 'EUR', 1, '{}', '', :payload, 1, :at, :at)"
    )
    at = NOW - timedelta(hours=1)
    moment = at.replace(tzinfo=None).isoformat(" ") if connection.dialect.name == "sqlite" else at
    await connection.execute(statement, {"id": order_id, "payload": b"", "at": moment})


_SPOT = {"sku": "cup", "node": "north", "lot": "L1"}
_SUPPLY = {
    "id": "PO-1",
    "sku": "pot",
    "node": "north",
    "lot": "",
    "kind": "purchase",
    "state": "ordered",
    "quantity": 8,
    "received": 3,
    "ordered_at": NOW,
}


def _cups(state: StockState, quantity: int, holder: str | None = None) -> Movement:
    return Movement("cup", "north", state, quantity, lot="L1", holder=holder)


_DOCUMENTS = (
    (Document("receipt", MovementKind.RECEIPT), [_cups(StockState.ON_HAND, 10)]),
    (Document("fence", MovementKind.ADJUSTMENT), [_cups(StockState.CHANNEL_RESERVED, 2, _HOLDER)]),
    (
        Document("r-soft", MovementKind.RESERVATION, SOFT),
        [_cups(StockState.SOFT_RESERVED, 3), _cups(StockState.CHANNEL_RESERVED, -1, _HOLDER)],
    ),
    (Document("r-firm", MovementKind.RESERVATION, FIRM), [_cups(StockState.SOFT_RESERVED, 2)]),
    (
        Document("r-firm", MovementKind.ALLOCATION, FIRM),
        [_cups(StockState.SOFT_RESERVED, -2), _cups(StockState.ALLOCATED, 2)],
    ),
    (Document("pick", MovementKind.PICK, FIRM), [_cups(StockState.ALLOCATED, -1), _cups(StockState.PICKED, 1)]),
    (Document("PO-1", MovementKind.SUPPLY), [Movement("pot", "north", StockState.ON_ORDER, 5)]),
)
