"""What we know of an order when its channel speaks of it again: the order, its state, and what came back of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from activities.adapters.store.orders import SqlOrders
from activities.adapters.store.returns.accounts import claimed
from activities.adapters.store.tables.returns import return_accounts
from models.money import Money
from models.order.channel_news import Known

if TYPE_CHECKING:
    from activities.adapters.store.database import Database

_a = return_accounts.c
_AS_MONEY = _a.card + _a.channel + _a.by_hand
"""What was given for returns other than as credit, which no channel hears of."""


class SqlKnownOrders:
    """`activities.records.channels.KnownOrders` on our own database."""

    def __init__(self, database: Database) -> None:
        """Read this database, whose tables the migrations have made."""
        self._database = database
        self._orders = SqlOrders(database)

    async def known(self, order_id: str) -> Known:
        """Say what we know of an order.

        Raises:
            NotFound: there is none of this id.
        """
        view = await self._orders.find(order_id)
        async with self._database.reading() as connection:
            returned = await claimed(connection, order_id)
            given = await connection.scalar(select(_AS_MONEY).where(_a.order_id == order_id))
        return Known(
            order=view.order,
            snapshot=view.snapshot,
            returned=returned,
            given_back=Money(amount=given or 0, currency=view.order.currency),
        )
