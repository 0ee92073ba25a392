"""Orders are found by how their promise stood at the last writing."""

from __future__ import annotations

from activities.records.orders import OrderFilter
from models.promises.promise import Promise, PromiseState


def a_promise(at, state):
    return Promise(version=1, at=at, reason="r", ship=None, deliver=None, lines=(), since=at, state=state)


async def found(orders, state):
    page = await orders.page(OrderFilter(promise=state), cursor=None, limit=5)
    return [view.order.external_id for view in page.items]


async def test_a_promise_is_found_where_it_stands_now(orders, book, an_order, a_snapshot, clock):
    mine, other = an_order(external_id="mine"), an_order(external_id="other")
    for order in (mine, other):
        await orders.submit(order, b"{}")
    await book.record(a_snapshot(mine, 1, promise=a_promise(clock(), PromiseState.AT_RISK)))
    assert await found(orders, PromiseState.AT_RISK) == ["mine"]
    await book.record(a_snapshot(mine, 2, promise=a_promise(clock(), PromiseState.MISSED)))
    assert await found(orders, PromiseState.AT_RISK) == []
    assert await found(orders, PromiseState.MISSED) == ["mine"]
    view = await orders.find(mine.id)
    assert view.snapshot.promise.state is PromiseState.MISSED
