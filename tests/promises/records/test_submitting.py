"""An order is kept once, however often and however simultaneously it is handed in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import text

from models.errors import NotFound
from models.money import Money
from models.order.pricing import Tax


async def test_a_new_order_is_new(orders, an_order, clock):
    order = an_order()
    answer = await orders.submit(order, b"{}")
    assert (answer.order, answer.is_new, answer.started, answer.same_content) == (order, True, False, True)
    assert answer.received_at == clock()


async def test_fifty_who_submit_one_order_at_once_make_it_once(orders, an_order):
    order = an_order()
    answers = await asyncio.gather(*(orders.submit(order, b"{}") for _ in range(50)))
    assert [answer.is_new for answer in answers].count(True) == 1
    assert all(answer.order == order and answer.same_content for answer in answers)


async def test_of_two_different_contents_at_once_one_is_kept_and_the_other_told(orders, an_order):
    first, second = an_order(external_id="1"), an_order(external_id="1", sku="LAMP")
    answers = await asyncio.gather(orders.submit(first, b"1"), orders.submit(second, b"2"))
    kept = (await orders.find(first.id)).order
    assert [answer.order for answer in answers] == [kept, kept]
    assert {answer.is_new: answer.same_content for answer in answers} == {True: True, False: False}


async def test_what_was_first_accepted_stays(orders, an_order, clock):
    first = an_order(external_id="1")
    await orders.submit(first, b"first")
    clock.move(hours=1)
    again = await orders.submit(an_order(external_id="1", note="please hurry"), b"second")
    assert (again.order, again.same_content, again.received_at) == (first, False, clock() - timedelta(hours=1))


async def test_the_same_content_spelt_differently_is_the_same(orders, an_order):
    two = timezone(timedelta(hours=2))
    rate = {"name": "VAT", "amount": Money(amount=319, currency="EUR")}
    spellings = [
        (datetime(2026, 5, 4, 12, tzinfo=UTC), "0.19", "a" * 64),
        (datetime(2026, 5, 4, 14, tzinfo=two), "0.190", "b" * 64),
    ]
    answers = []
    for placed_at, spelt, digest in spellings:
        order = an_order(external_id="1", placed_at=placed_at, digest=digest, taxes_included=True)
        (line,) = order.lines
        taxed = line.model_copy(update={"taxes": (Tax(rate=Decimal(spelt), **rate),)})
        answers.append(await orders.submit(order.model_copy(update={"lines": (taxed,)}), spelt.encode()))
    assert [answer.same_content for answer in answers] == [True, True]


async def test_an_order_and_its_payload_stay_exactly_as_they_came(orders, database, an_order):
    order = an_order(number="#1001 ☃", note="two\nlines", placed_at=datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC))
    await orders.submit(order, b"\x00\xff")
    found = await orders.find(order.id)
    assert (found.order, found.snapshot) == (order, None)
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT payload FROM orders")) == b"\x00\xff"


async def test_a_started_order_says_so_when_it_is_submitted_again(orders, an_order):
    order = an_order()
    await orders.submit(order, b"{}")
    await orders.mark_started(order.id)
    assert (await orders.submit(order, b"{}")).started


async def test_an_order_whose_workflow_never_started_is_found_after_a_while(orders, an_order, clock):
    forgotten, later, running = an_order(), an_order(), an_order()
    await orders.submit(forgotten, b"{}")
    await orders.submit(running, b"{}")
    await orders.mark_started(running.id)
    clock.move(seconds=20)
    await orders.submit(later, b"{}")
    clock.move(seconds=20)
    assert await orders.unstarted(older_than_s=30, limit=10) == [forgotten]
    assert await orders.unstarted(older_than_s=10, limit=10) == [forgotten, later]
    assert await orders.unstarted(older_than_s=10, limit=1) == [forgotten]


@pytest.mark.parametrize("order_id", ["order:shopify:nobody", "", "order:shopify:\0", "order:shopify:\ud800"])
async def test_an_order_that_is_not_there_is_not_found(orders, order_id):
    for read in (orders.find, orders.timeline, orders.decisions):
        with pytest.raises(NotFound):
            await read(order_id)
