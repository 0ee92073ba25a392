"""One way to open the database, whichever of the two it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

_BUSY_MS = 30_000


class Database:
    """``sqlite+aiosqlite:///path`` or ``postgresql+psycopg://...``: its pools, and two kinds of transaction."""

    def __init__(self, address: str, *, pool_size: int = 5) -> None:
        """Make the pools; nothing is connected yet."""
        is_file = make_url(address).get_backend_name() == "sqlite"
        # A server may have dropped a pooled connection; a file never does, and asking costs a third of a transaction.
        kept = {"pool_size": pool_size, "max_overflow": pool_size, "pool_pre_ping": not is_file}
        self.engine: AsyncEngine = create_async_engine(address, **kept)
        tuned(self.engine.sync_engine)
        self._reader = self.engine.execution_options(reading=True)
        self.engines: tuple[Engine, ...] = (self.engine.sync_engine,)
        """What all statements go through."""
        if not is_file:
            # On a server each statement sees the latest anyway: beginning and ending would be two trips for nothing.
            # These connections are a pool of their own: turning one into the other kind and back costs a sixth more.
            self._reader = create_async_engine(address, **kept, isolation_level="AUTOCOMMIT")
            self.engines = (self.engine.sync_engine, self._reader.sync_engine)

    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that writes: committed at the end, rolled back by an exception."""
        return self.engine.begin()

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection that only reads, and so waits for no writer; on a server each statement sees the latest."""
        return self._reader.connect()

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()
        await self._reader.dispose()


def tuned(engine: Engine) -> Engine:
    """Make an engine open the database as we do everywhere, and give it back."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _tune_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's own type
    # The driver would begin transactions late, and reads otherwise than writes: we begin them ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    # First of all, since others may hold the file while we turn to the rest.
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy passes its sync Connection
    # A transaction that reads first and writes later would fail where it should wait: a writer locks at once.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
