"""The database looks as the tables say, wherever it came from and whoever migrated it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, make_url, text

from activities.adapters.store.tables.everything import metadata
from ops.migrations.upgrade import upgrade

ROOT = Path(__file__).parents[3]


def an_engine(database_url):
    return create_engine(make_url(database_url.replace("+aiosqlite", "")))


def test_the_migrations_make_exactly_the_tables_we_use(database_url):
    engine = an_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_migrations_name_every_constraint_as_the_tables_do(database_url):
    engine = an_engine(database_url)
    found = inspect(engine)
    for table in metadata.sorted_tables:
        assert found.get_pk_constraint(table.name)["name"] == table.primary_key.name
        assert {key["name"] for key in found.get_foreign_keys(table.name)} == {
            key.name for key in table.foreign_key_constraints
        }
    engine.dispose()


def test_partial_indexes_are_partial_in_the_database_too(database_url):
    engine = an_engine(database_url)
    found = inspect(engine)
    for table in metadata.sorted_tables:
        partial = {index.name for index in table.indexes if index.dialect_options["sqlite"]["where"] is not None}
        assert partial == {
            index["name"]
            for index in found.get_indexes(table.name)
            if any(name.endswith("_where") for name in index.get("dialect_options", {}))
        }
    engine.dispose()


def test_migrating_again_changes_nothing(database_url):
    before = the_schema(database_url)
    upgrade(database_url)
    assert the_schema(database_url) == before


@pytest.mark.slow
async def test_processes_that_start_at_once_migrate_once(databases, kind):
    url = databases.empty(kind)
    # Each says when it could begin, and all of them are let go together.
    code = f"from ops.migrations.upgrade import upgrade; print(flush=True); input(); upgrade({url!r})"
    pipe = asyncio.subprocess.PIPE
    starting = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", code, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe)
        for _ in range(4)
    ]
    await asyncio.gather(*(process.stdout.readline() for process in starting))
    said = await asyncio.gather(*(process.communicate(b"go\n") for process in starting))
    assert [process.returncode for process in starting] == [0, 0, 0, 0], said
    assert the_schema(url) == the_schema(databases.fresh(kind))


def test_a_database_that_a_newer_release_has_migrated_is_left_alone(database_url):
    engine = an_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not upgrade(database_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    engine.dispose()


def test_a_migration_that_fails_leaves_nothing_behind(databases, kind):
    url = databases.empty(kind)
    engine = an_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE stock_movements (something_else INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        upgrade(url)
    assert inspect(engine).get_table_names() == ["stock_movements"]
    engine.dispose()


def test_the_folder_of_a_new_sqlite_database_is_made(tmp_path):
    upgrade(f"sqlite+aiosqlite:///{tmp_path / 'not' / 'there' / 'orders.db'}")
    assert (tmp_path / "not" / "there" / "orders.db").exists()


def the_schema(url):
    engine = an_engine(url)
    found = inspect(engine)
    schema = {
        table: [str(column["name"]) + str(column["type"]) for column in found.get_columns(table)]
        for table in found.get_table_names()
    }
    engine.dispose()
    return schema
