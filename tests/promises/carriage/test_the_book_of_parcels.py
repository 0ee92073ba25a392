"""Who is asked for a parcel is noted in our own store: once, and for every process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from activities.adapters.store.database import Database
from activities.adapters.store.parcels import SqlParcelBook

ORDER = "order:b2b:P1"
KEY = f"{ORDER}/release/berlin/label"


@pytest.fixture
async def book(database_url: str) -> AsyncIterator[SqlParcelBook]:
    made = SqlParcelBook(Database(database_url))
    yield made
    await made.close()


async def test_of_many_that_want_it_at_once_one_has_it(book: SqlParcelBook):
    taken = await asyncio.gather(*(book.take(KEY, ORDER, f"carrier-{number}") for number in range(8)))
    assert sum(taken) == 1
    assert await book.holder(KEY) == f"carrier-{taken.index(True)}"


async def test_who_has_it_can_let_it_go_and_nobody_else_can(book: SqlParcelBook):
    await book.take(KEY, ORDER, "first")
    await book.release(KEY, "second")
    assert await book.holder(KEY) == "first"
    await book.release(KEY, "first")
    assert await book.holder(KEY) is None
    assert await book.take(KEY, ORDER, "second")


async def test_a_number_leads_to_its_order(book: SqlParcelBook):
    await book.take(KEY, ORDER, "first")
    await book.booked(KEY, ORDER, "first", "1Z999")
    assert await book.order_of("1Z999") == ORDER
    assert await book.order_of("1Z998") is None
    assert await book.order_of("\0") is None
    assert await book.holder(KEY) == "first"
