"""The journal of an order is kept as it was written: once, in order, and never changed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from models.errors import NotFound
from models.ledger.entries import billed, set_aside
from models.ledger.journal import Journal
from models.ledger.postings import EntryKind
from models.money import Money

NOW = datetime(2026, 11, 21, 8, 30, 0, 123456, tzinfo=UTC)


def a_journal():
    journal = Journal("EUR", lambda: NOW, "Muster GmbH")
    journal.write(EntryKind.AUTHORISED, set_aside(Money(amount=4000, currency="EUR")), "AUTH-1")
    journal.write(EntryKind.INVOICED, billed(Money(amount=4000, currency="EUR")))
    return journal


@pytest.fixture
async def order(orders, an_order):
    made = an_order()
    await orders.submit(made, b"{}")
    return made


async def test_postings_are_read_as_they_were_written(orders, book, order, a_snapshot):
    journal = a_journal()
    snapshot = a_snapshot(order, 1, postings=journal.all)

    await asyncio.gather(*(book.record(snapshot) for _ in range(3)))

    found = await orders.postings(order.id)
    assert tuple(found.order) == journal.all
    assert found.returns == {}
    assert (await orders.find(order.id)).snapshot.postings == ()


async def test_a_posting_is_never_written_over_nor_lost_when_a_snapshot_comes_late(orders, book, order, a_snapshot):
    first, *rest = a_journal().all
    other = first.model_copy(update={"amount": Money(amount=1, currency="EUR")})

    await book.record(a_snapshot(order, 2, postings=tuple(rest)))
    await book.record(a_snapshot(order, 1, postings=(first,)))
    await book.record(a_snapshot(order, 3, postings=(other,)))

    assert (await orders.postings(order.id)).order == [first, *rest]


async def test_an_unknown_order_has_no_journal(orders):
    with pytest.raises(NotFound):
        await orders.postings("order:b2b:nobody")
