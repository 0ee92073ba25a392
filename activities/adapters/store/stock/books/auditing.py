"""The standing auditor: movements, balances, reservations, ring-fences, supplies and orders laid over each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.store.stock.books.concerned import orders_at
from activities.adapters.store.stock.books.difference_rows import Scope, keep
from activities.adapters.store.stock.books.discrepancies import discrepancies
from activities.adapters.store.stock.books.snapshots import snapshot
from activities.adapters.store.stock.books.strays import strays
from models.stock.differences import DifferenceKind

if TYPE_CHECKING:
    from datetime import datetime

    from activities.adapters.store.database import Database
    from models.stock.differences import Difference

_KINDS = (
    DifferenceKind.MOVEMENTS,
    DifferenceKind.RESERVATIONS,
    DifferenceKind.FENCES,
    DifferenceKind.SUPPLY,
    DifferenceKind.OVERSOLD,
    DifferenceKind.LEAKED,
    DifferenceKind.OVERDUE,
)


async def audit_books(database: Database, now: datetime) -> tuple[Difference, ...]:
    """Compare our own books as they stand at one moment, and write down where they differ.

    Nothing is left out for being new: within one moment our books never differ rightly.

    Returns:
        What differs now, each with the orders that it touches.

    Raises:
        Transient: the database is too busy.
    """
    async with snapshot(database) as connection:
        found = [*await discrepancies(connection), *await strays(connection, now)]
        orders = await orders_at(connection, ((one.sku, one.node) for one in found if one.orders is None))
    return await keep(database, Scope(_KINDS, now), found, orders)
