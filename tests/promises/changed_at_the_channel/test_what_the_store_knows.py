"""Our store says what we know of an order, and whether its channel is told itself; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from activities.adapters.store.database import Database
from activities.adapters.store.inbox import SqlInbox
from activities.adapters.store.known_orders import SqlKnownOrders
from activities.adapters.store.order_book import SqlOrderBook
from activities.adapters.store.orders import SqlOrders
from activities.adapters.store.returns.book import FORMAT as REPLACEMENT
from activities.adapters.store.tables.returns import return_accounts, return_balances
from activities.taking_orders import Rumours
from models.errors import NotFound
from models.order.assessment import AssessmentRequest
from models.order.order import Order
from models.order.payment_terms import PaymentTerms
from models.partners.erp import ItemAnswer
from models.partners.events import ChangedAtChannel
from tests.promises.orders.orders import an_order, euro
from tests.promises.orders.world import ITEMS, POLICIES

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


async def kept(database: Database) -> Order:
    order = an_order(mug=3, terms=PaymentTerms.PREPAID)
    await SqlOrders(database).submit(order, b"{}")
    return order


def cancelled_there(order: Order, mugs: int, refunded: int) -> Order:
    lines = (order.lines[0].model_copy(update={"cancelled": mugs}),)
    payment = order.payment.model_copy(update={"refunded": euro(refunded)})
    return order.model_copy(update={"lines": lines, "payment": payment})


async def test_what_came_back_as_returns_is_known(database: Database) -> None:
    order = await kept(database)
    account = {"order_id": order.id, "opened": 1, "card": 700, "channel": 300, "credit": 50, "by_hand": 0}
    balance = {"order_id": order.id, "line_id": "1", "claimed": 2, "given_units": 1, "given_amount": 1000}
    async with database.writing() as connection:
        await connection.execute(insert(return_accounts), account | {"shipping": 0})
        await connection.execute(insert(return_balances), balance)

    known = await SqlKnownOrders(database).known(order.id)

    assert (known.order.id, known.snapshot) == (order.id, None)
    assert (dict(known.returned), known.given_back) == ({"1": 2}, euro(1000))


async def test_an_order_nobody_knows_is_not_known(database: Database) -> None:
    with pytest.raises(NotFound):
        await SqlKnownOrders(database).known("order:shopify:never")


async def test_news_of_a_channel_waits_in_the_inbox_once(database: Database) -> None:
    order, inbox = await kept(database), SqlInbox(database)
    rumours = Rumours(SqlKnownOrders(database), inbox)

    assert not await rumours.heed(order, order.id, b"{}")
    assert await rumours.heed(cancelled_there(order, 1, 1190), order.id, b"{}")
    assert not await rumours.heed(cancelled_there(order, 1, 1190), order.id, b"{ }")
    assert await rumours.heed(cancelled_there(order, 2, 2380), order.id, b"{}")

    entries = await inbox.claim(limit=10, lease_s=10)
    assert [entry.source for entry in entries] == ["shopify", "shopify"]
    said = [entry.event for entry in entries if isinstance(entry.event, ChangedAtChannel)]
    assert sorted(event.lines[0].quantity for event in said) == [1, 2]


async def test_a_connected_channel_is_told_itself_but_not_of_orders_it_has_never_heard_of(database: Database) -> None:
    book = SqlOrderBook(database, POLICIES, connected=frozenset({"shopify"}))
    await book.learn(ItemAnswer(items=tuple(ITEMS.values())))
    ours = an_order()
    elsewhere = an_order(channel="woocommerce")
    instead = an_order()
    provenance = instead.provenance.model_copy(update={"format": REPLACEMENT})

    async def connected(order: Order) -> bool:
        return (await book.assess(AssessmentRequest(order=order))).channel_connected

    assert await connected(ours)
    assert not await connected(elsewhere)
    assert not await connected(instead.model_copy(update={"provenance": provenance}))
