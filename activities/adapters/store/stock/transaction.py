"""One place that runs the ledger's writes: again after a deadlock, and plainly failed when that does not help."""

from __future__ import annotations

import asyncio
import random
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from models.errors import Transient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from sqlalchemy import Executable, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database

T = TypeVar("T")

_ATTEMPTS = 6
_FIRST_PAUSE_S = 0.01
_SERIALISATION_FAILURE = "40001"
_DEADLOCK = "40P01"
_BUSY = "database is locked"


async def in_transaction(database: Database, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Run `work` in a transaction that writes, from its beginning again where the database asks for that.

    Raises:
        Transient: the database could not get it through in several attempts.
    """
    for attempt in range(_ATTEMPTS):
        try:
            async with database.writing() as connection:
                return await work(connection)
        except DBAPIError as error:
            if not _passes(error):
                raise
            # Jitter, so that two that met do not meet again.
            await asyncio.sleep(_FIRST_PAUSE_S * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
    raise Transient("store", "the stock ledger's database is too busy", code="busy")


def _passes(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in {_SERIALISATION_FAILURE, _DEADLOCK} or _BUSY in str(error.orig)


async def insert_once(connection: AsyncConnection, table: Table, row: Mapping[str, object]) -> bool:
    """Insert a row unless its key is there; waits for another transaction that is inserting the same key.

    Returns:
        Whether the row is ours.
    """
    return (await connection.execute(_insert_once(connection.dialect.name, table), row)).first() is not None


@cache
def _insert_once(dialect: str, table: Table) -> Executable:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing().returning(*table.primary_key)
