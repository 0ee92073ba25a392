"""Several reads that all see the database as it was at one moment."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database


@asynccontextmanager
async def snapshot(database: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction that only reads; it waits for no writer, and no writer waits for it."""
    async with database.reading() as reading:
        # SQLite's read transactions are snapshots by themselves; PostgreSQL's have to be asked to be.
        options = {"isolation_level": "REPEATABLE READ"} if reading.dialect.name == "postgresql" else {}
        yield await reading.execution_options(**options)
