"""Inserts that know what to do where the row is there already, in either database's dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Table

    from activities.adapters.store.database import Database

Insert = sqlite.Insert | postgresql.Insert


def insert(database: Database, table: Table) -> Insert:
    """An insert that can say `on_conflict_...`."""
    return sqlite.insert(table) if database.engine.dialect.name == "sqlite" else postgresql.insert(table)


def insert_missing(database: Database, table: Table) -> Insert:
    """Insert a row unless its primary key is there; then nothing happens."""
    return insert(database, table).on_conflict_do_nothing(index_elements=list(table.primary_key))


def insert_or_update(database: Database, table: Table) -> Insert:
    """Insert a row, or bring the one with its primary key up to date in every other column."""
    statement = insert(database, table)
    others = {name: column for name, column in statement.excluded.items() if not table.c[name].primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=others)
