"""The stock ledger on our own database: the port, and each verb's transaction."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, update

from activities.adapters.store import stock_reserve, stock_settle
from activities.adapters.store.stock_digest import digest
from activities.adapters.store.stock_movements import BalanceRefused, Document, Movement, move
from activities.adapters.store.stock_tables import nodes, stock_balances
from activities.adapters.store.stock_transaction import in_transaction, insert_once
from models.errors import Conflict, InvalidInput
from models.stock import MovementKind, StockState

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from models.stock import (
        Balance,
        Consumption,
        ReservationAnswer,
        ReservationRelease,
        ReservationRequest,
        StockCount,
    )

_USUAL_PRIORITY = 100
_COUNTED = frozenset({MovementKind.RECEIPT, MovementKind.ADJUSTMENT})
_RANK = update(nodes).where(nodes.c.name == bindparam("node")).values(priority=bindparam("rank"))


class SqlStockLedger:
    """What may be promised, exact on SQLite and PostgreSQL: `activities.ports.StockLedger`."""

    def __init__(self, database: Database) -> None:
        """Keep the ledger in this database, whose tables the migrations have made."""
        self._database = database

    async def reserve(self, request: ReservationRequest) -> ReservationAnswer:
        """Reserve all or nothing. A key that was granted gets its first answer; a refused one may be asked again.

        Raises:
            Conflict: the key stands for other needs or another order, or was released before it was granted.
            InvalidInput: a line wants more of an article than one line may.
            Transient: the database is too busy.
        """
        return await stock_reserve.reserve(self._database, request)

    async def release(self, release: ReservationRelease) -> None:
        """Give back what is still held under a key; asked again, nothing happens.

        Raises:
            Conflict: the key belongs to another order.
            Transient: the database is too busy.
        """
        await in_transaction(self._database, partial(stock_settle.release, wanted=release))

    async def consume(self, consumption: Consumption) -> None:
        """Take shipped goods out of reservation and off the shelf, once a key.

        Raises:
            Conflict: more than is reserved there for the line, the reservation was released, or it or the key belongs
                to something else.
            NotFound: there is no such reservation.
            Transient: the database is too busy.
        """
        await in_transaction(self._database, partial(stock_settle.consume, shipment=consumption))

    async def count(self, count: StockCount) -> None:
        """Receive or adjust stock, once a key. A node not heard of before is there from then on.

        Raises:
            Conflict: less would be on hand than is reserved, or the key was used for something else.
            InvalidInput: the kind is neither receipt nor adjustment, or a receipt takes stock off.
            Transient: the database is too busy.
        """
        if count.kind not in _COUNTED:
            raise InvalidInput.at("/kind", "not_a_count", "a count is a receipt or an adjustment")
        if count.kind is MovementKind.RECEIPT and count.quantity < 0:
            raise InvalidInput.at("/quantity", "negative", "a receipt brings stock; an adjustment may take it off")
        await in_transaction(self._database, partial(_count, count=count))

    async def balances(self, skus: tuple[str, ...]) -> tuple[Balance, ...]:
        """What each node has of these articles, the nodes in the order of preference."""
        async with self._database.reading() as connection:
            return tuple(await stock_reserve.look(connection, skus))

    async def rank_node(self, node: str, *, priority: int) -> None:
        """Set how early a node is asked: the lowest number first, nodes of the same number by name."""
        await in_transaction(self._database, partial(_rank, node=node, priority=priority))


async def _count(connection: AsyncConnection, count: StockCount) -> None:
    if not await stock_settle.write_once(connection, count.key, digest("count", [count])):
        return
    await insert_once(connection, nodes, {"name": count.node, "priority": _USUAL_PRIORITY})
    await insert_once(connection, stock_balances, {"sku": count.sku, "node": count.node, "on_hand": 0, "reserved": 0})
    document = Document(count.key, count.kind, reason=count.reason)
    movements = [Movement(count.sku, count.node, StockState.ON_HAND, count.quantity)] if count.quantity else []
    try:
        await move(connection, document, movements)
    except BalanceRefused as error:
        message = f"{count.node} would have less of {count.sku} on hand than is reserved"
        raise Conflict("below_reserved", message) from error


async def _rank(connection: AsyncConnection, node: str, priority: int) -> None:
    if not await insert_once(connection, nodes, {"name": node, "priority": priority}):
        await connection.execute(_RANK, {"node": node, "rank": priority})
