"""A row corrupted by hand is found, and the orders that it touches are named; right books have no differences."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import select

from activities.adapters.store.database import Database
from activities.adapters.store.stock.books.audit import audit
from activities.adapters.store.stock.books.auditing import audit_books
from activities.adapters.store.stock.tables import stock_differences
from models.stock.differences import DifferenceKind, DifferenceState
from ops.proof.worlds.living import prove_worlds
from ops.proof.worlds.world import BEGINNING
from tests.promises.stock_proof.books import FIRM, NOW, SOFT, by_hand, write_right_books

BOTH = (FIRM, SOFT)
MINUTE = timedelta(minutes=1)


@pytest_asyncio.fixture
async def books(database):
    await write_right_books(database)
    return database


async def test_right_books_have_no_differences(books):
    assert await audit_books(books, NOW) == ()
    assert (await audit(books)).is_right


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE stock_balances SET on_hand = 12 WHERE sku = 'cup'", ("movements", "on_hand", 12, 10, BOTH)),
        ("UPDATE stock_balances SET soft_reserved = 4 WHERE sku = 'cup'", ("movements", "soft_reserved", 4, 3, BOTH)),
        (
            "UPDATE stock_balances SET soft_reserved = 4 WHERE sku = 'cup'",
            ("reservations", "soft_reserved", 4, 3, BOTH),
        ),
        ("UPDATE stock_balances SET allocated = 0 WHERE sku = 'cup'", ("reservations", "allocated", 0, 1, BOTH)),
        ("DELETE FROM stock_balances WHERE sku = 'cup'", ("movements", "on_hand", 0, 10, BOTH)),
        ("UPDATE reservation_lines SET picked = 0", ("reservations", "picked", 1, 0, BOTH)),
        ("UPDATE reservation_lines SET released = quantity - picked", ("reservations", "soft_reserved", 3, 0, BOTH)),
        ("DELETE FROM reservation_lines", ("reservations", "soft_reserved", 3, 0, BOTH)),
        ("UPDATE reservations SET state = 'released' WHERE key = 'r-firm'", ("reservations", "closed", 0, 2, BOTH)),
        ("UPDATE ring_fences SET quantity = 4", ("fences", "channel_reserved", 1, 4, BOTH)),
        ("DELETE FROM ring_fences", ("fences", "channel_reserved", 1, 0, BOTH)),
        ("UPDATE supplies SET received = 4", ("supply", "on_order", 5, 4, ())),
        ("UPDATE supplies SET state = 'in_transit'", ("supply", "in_transit", 0, 5, ())),
        ("UPDATE reservation_lines SET quantity = 20 WHERE picked = 1", ("oversold", "promised", 10, 24, BOTH)),
    ],
)
async def test_a_row_corrupted_by_hand_is_found(books, damage, told):
    await by_hand(books, damage)

    found = [(one.kind, one.what, one.ours, one.theirs, one.orders) for one in await audit_books(books, NOW)]

    assert told in found
    assert not (await audit(books)).is_right


@pytest.mark.parametrize(
    ("removal", "state", "ours"),
    [
        ("DELETE FROM stock_movements WHERE document_key = 'receipt'", "on_hand", 10),
        ("DELETE FROM stock_movements WHERE document_key = 'r-soft' AND state = 'soft_reserved'", "soft_reserved", 3),
        ("DELETE FROM stock_movements WHERE document_key = 'pick' AND state = 'picked'", "picked", 1),
    ],
)
async def test_a_movement_that_was_removed_is_missed(books, removal, state, ours):
    await by_hand(books, removal, unguarded=True)

    (found,) = await audit_books(books, NOW)

    assert (found.kind, found.what) == (DifferenceKind.MOVEMENTS, state)
    assert (found.ours, found.theirs, found.orders) == (ours, 0, BOTH)
    assert (found.sku, found.node, found.lot) == ("cup", "north", "L1")


async def test_a_reservation_of_an_order_that_has_ended_is_leaked(books):
    ended = (
        "UPDATE orders SET lifecycle = 'cancelled', updated_at = '2026-11-21 12:00:00+00' WHERE id = 'order:b2b:soft'"
    )
    if books.engine.dialect.name == "sqlite":
        ended = ended.replace("+00", ".000000")
    await by_hand(books, ended)

    assert await audit_books(books, NOW + MINUTE) == ()
    (found,) = await audit_books(books, NOW + 2 * MINUTE)

    assert (found.kind, found.what, found.ours, found.theirs) == (DifferenceKind.LEAKED, "soft_reserved", 3, 0)
    assert found.orders == (SOFT,)


async def test_a_reservation_of_an_order_nobody_knows_is_leaked(books):
    await by_hand(books, "DELETE FROM orders WHERE id = 'order:b2b:firm'")

    assert await audit_books(books, NOW - timedelta(hours=1)) == ()
    (found,) = await audit_books(books, NOW)

    assert (found.kind, found.what, found.ours, found.orders) == (DifferenceKind.LEAKED, "allocated", 2, (FIRM,))


async def test_a_held_reservation_that_nobody_lets_go_is_overdue(books):
    expires_at = NOW + timedelta(hours=1)

    assert await audit_books(books, expires_at + 9 * MINUTE) == ()
    (found,) = await audit_books(books, expires_at + 11 * MINUTE)

    assert (found.kind, found.what, found.ours, found.orders) == (DifferenceKind.OVERDUE, "soft_reserved", 3, (SOFT,))


async def test_a_difference_is_one_row_until_it_is_found_no_more(books):
    damage, repair = "UPDATE ring_fences SET quantity = 4", "UPDATE ring_fences SET quantity = 1"

    await by_hand(books, damage)
    (first,) = await audit_books(books, NOW)
    (second,) = await audit_books(books, NOW + MINUTE)
    await by_hand(books, repair)
    right = await audit_books(books, NOW + 2 * MINUTE)
    resolved = await kept(books)
    await by_hand(books, damage)
    (again,) = await audit_books(books, NOW + 3 * MINUTE)

    assert (first.times_seen, first.first_seen, first.last_seen) == (1, NOW, NOW)
    assert (second.times_seen, second.first_seen, second.last_seen) == (2, NOW, NOW + MINUTE)
    assert right == ()
    assert [(row.id, row.state, row.last_seen) for row in resolved] == [(first.id, "resolved", NOW + MINUTE)]
    assert (again.id, again.state, again.times_seen) == (first.id, DifferenceState.OPEN, 1)
    assert again.first_seen == NOW + 3 * MINUTE


@pytest.mark.slow
async def test_books_that_are_being_written_have_no_differences(database_url):
    database, found = Database(database_url), []
    writing = asyncio.create_task(prove_worlds(database_url, worlds=5))

    while not writing.done():
        # As of a time when no order could have been over for long.
        found += await audit_books(database, BEGINNING)
        await asyncio.sleep(0.01)
    await database.close()

    assert found == []
    assert (await writing).deeds > 0


async def kept(database):
    async with database.reading() as connection:
        return (await connection.execute(select(stock_differences))).all()
