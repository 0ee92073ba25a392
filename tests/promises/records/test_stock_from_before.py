"""Stock that was counted and reserved before there were lots and states is all there after the migration."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url, text

from activities.adapters.store.database import Database, tuned
from activities.adapters.store.stock.books.audit import audit
from ops import migrations
from ops.migrations.upgrade import upgrade

BEFORE = [
    "INSERT INTO nodes (name, priority) VALUES ('berlin', 7)",
    "INSERT INTO stock_balances (sku, node, on_hand, reserved) VALUES ('MUG', 'berlin', 9, 4)",
    """
    INSERT INTO reservations (key, order_id, state, digest, opened_at)
    VALUES ('r1', 'order:b2b:1', 'held', 'd', '2026-11-01 10:00:00')
    """,
    """
    INSERT INTO reservation_lines (reservation_key, line_id, sku, node, quantity, consumed, released)
    VALUES ('r1', '1', 'MUG', 'berlin', 5, 1, 0)
    """,
    """
    INSERT INTO stock_movements (kind, state, sku, node, quantity, document_key, at)
    VALUES ('receipt', 'on_hand', 'MUG', 'berlin', 10, 'd1', '2026-11-01 09:00:00'),
        ('reservation', 'reserved', 'MUG', 'berlin', 5, 'r1', '2026-11-01 10:00:00'),
        ('shipment', 'on_hand', 'MUG', 'berlin', -1, 's1', '2026-11-01 11:00:00'),
        ('shipment', 'reserved', 'MUG', 'berlin', -1, 's1', '2026-11-01 11:00:00')
    """,
]


@pytest.fixture
def migrated(databases, kind):
    """A database of the release before, with an order that has shipped one of five, brought up to date."""
    address = databases.empty(kind)
    engine = tuned(create_engine(make_url(address.replace("+aiosqlite", ""))))
    config = Config()
    config.set_main_option("script_location", next(iter(migrations.__path__)))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for statement in BEFORE:
            connection.execute(text(statement))
    engine.dispose()
    upgrade(address)
    yield address
    databases.drop(address)


async def test_what_was_reserved_is_firm_and_the_books_still_agree(migrated):
    database = Database(migrated)
    async with database.reading() as connection:
        balance = (await connection.execute(text("SELECT lot, on_hand, allocated FROM stock_balances"))).one()
        state = await connection.scalar(text("SELECT state FROM reservations"))
        node = await connection.scalar(text("SELECT node FROM nodes"))
    books = await audit(database)
    await database.close()

    assert tuple(balance) == ("", 9, 4)
    assert state == "committed"
    assert '"priority":7' in node
    assert books.is_right


async def test_movements_stay_append_only(migrated):
    database = Database(migrated)
    with pytest.raises(Exception, match="append-only"):
        async with database.writing() as connection:
            await connection.execute(text("DELETE FROM stock_movements"))
    async with database.writing() as connection:
        await connection.execute(
            text(
                """
                INSERT INTO stock_movements (kind, state, sku, node, lot, quantity, document_key, actor, occurred_at, at)
                VALUES ('receipt', 'on_hand', 'MUG', 'berlin', '', 1, 'd2', 'anna', '2026-11-02', '2026-11-02')
                """
            )
        )
        assert await connection.scalar(text("SELECT count(*) FROM stock_movements")) == 5
    await database.close()
