"""Bring a database to the newest schema, however many processes ask for it at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, NullPool, create_engine, make_url, text

from activities.adapters.store.database import tuned

# Any number will do, as long as nobody else takes it in the same database.
_PG_LOCK = 0x0DE41003


def upgrade(database_url: str) -> bool:
    """Apply the migrations that a database lacks, all or none of them; quick where it lacks none.

    A database that a newer release has migrated is left as it is, so that the older one can be rolled back to.

    Args:
        database_url: the address as the settings have it, with an asynchronous driver or without.

    Returns:
        Whether it has our newest schema now; false where it has that of a newer release.
    """
    address = _synchronous(make_url(database_url))
    if address.get_backend_name() == "sqlite" and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = tuned(create_engine(address, poolclass=NullPool))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    # On SQLite a writing transaction locks the file; both databases take schema changes back with the transaction.
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _PG_LOCK})
        ours = ScriptDirectory.from_config(config)
        reached = set(MigrationContext.configure(connection).get_current_heads())
        if not reached <= {revision.revision for revision in ours.walk_revisions()}:
            return False
        if reached != set(ours.get_heads()):
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return True


def _synchronous(address: URL) -> URL:
    return address.set(drivername=address.drivername.removesuffix("+aiosqlite"))
