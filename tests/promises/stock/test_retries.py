"""Transactions that the database broke are done again, and say plainly when that did not help."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from activities.adapters.store.stock import transaction
from activities.adapters.store.stock.transaction import in_transaction
from models.errors import Transient


async def test_two_that_wait_for_each_other_are_both_done_in_the_end(shop):
    await shop.receive("a", 1)
    await shop.receive("b", 1)
    both_hold_one = asyncio.Barrier(2)
    tries = []

    async def lock(first, second):
        async def work(connection):
            tries.append(first)
            await connection.execute(text(f"UPDATE stock_balances SET on_hand = on_hand WHERE sku = '{first}'"))  # noqa: S608
            if len(tries) <= 2 and connection.dialect.name == "postgresql":
                await both_hold_one.wait()
            await connection.execute(text(f"UPDATE stock_balances SET on_hand = on_hand WHERE sku = '{second}'"))  # noqa: S608
            return second

        return await in_transaction(shop.database, work)

    assert await asyncio.gather(lock("a", "b"), lock("b", "a")) == ["b", "a"]


async def test_a_database_that_stays_busy_is_a_transient_failure(shop, monkeypatch):
    monkeypatch.setattr(transaction, "_FIRST_PAUSE_S", 0.0001)

    async def work(_connection):
        raise OperationalError("UPDATE", {}, sqlite3.OperationalError("database is locked"))

    with pytest.raises(Transient):
        await in_transaction(shop.database, work)


async def test_any_other_failure_is_not_tried_again(shop):
    tries = []

    async def work(connection):
        tries.append(1)
        await connection.execute(text("SELECT * FROM no_such_table"))

    with pytest.raises(Exception, match="no_such_table"):
        await in_transaction(shop.database, work)
    assert len(tries) == 1
