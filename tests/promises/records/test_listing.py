"""Lists come newest first, in pages that neither repeat nor skip, by every filter."""

from __future__ import annotations

import base64
import json

import pytest
from sqlalchemy import event

from activities.records.orders import OrderFilter
from models.errors import InvalidInput
from models.order.snapshot import Headline
from models.states.hold import HoldKind

ANY = OrderFilter()


async def all_pages(orders, wanted, limit):
    cursor, pages = None, []
    while True:
        page = await orders.page(wanted, cursor=cursor, limit=limit)
        pages.append([view.order.external_id for view in page.items])
        cursor = page.next_cursor
        if cursor is None:
            return pages


@pytest.fixture
async def seven(orders, an_order, clock):
    """Orders 1 to 7; 3, 4 and 5 came in at the same moment."""
    for number in range(1, 8):
        if number not in {4, 5}:
            clock.move(microseconds=1)
        await orders.submit(an_order(external_id=str(number)), b"{}")


@pytest.mark.usefixtures("seven")
async def test_pages_come_newest_first_and_hold_every_order_once(orders):
    assert await all_pages(orders, ANY, 3) == [["7", "6", "5"], ["4", "3", "2"], ["1"]]
    assert await all_pages(orders, ANY, 7) == [["7", "6", "5", "4", "3", "2", "1"]]
    assert await all_pages(orders, ANY, 1) == [["7"], ["6"], ["5"], ["4"], ["3"], ["2"], ["1"]]


@pytest.mark.usefixtures("seven")
async def test_what_comes_in_meanwhile_shifts_no_page(orders, an_order, clock):
    first = await orders.page(ANY, cursor=None, limit=3)
    clock.move(seconds=1)
    await orders.submit(an_order(external_id="8"), b"{}")
    second = await orders.page(ANY, cursor=first.next_cursor, limit=3)
    assert [view.order.external_id for view in second.items] == ["4", "3", "2"]


async def test_an_empty_list_is_one_empty_page(orders):
    assert await all_pages(orders, ANY, 3) == [[]]


async def test_every_filter_finds_its_orders_and_no_others(orders, book, an_order, a_snapshot, a_hold):
    mine = an_order(channel="b2b", external_id="mine", customer_id="C-7")
    other = an_order(channel="shopify", external_id="other", customer_id=None)
    for order in (mine, other):
        await orders.submit(order, b"{}")
    await book.record(
        a_snapshot(mine, 1, headline=Headline.ON_HOLD, waiting_on="erp", holds=(a_hold(HoldKind.CREDIT),))
    )
    filters = [
        OrderFilter(channel="b2b"),
        OrderFilter(headline=Headline.ON_HOLD),
        OrderFilter(hold=HoldKind.CREDIT),
        OrderFilter(waiting_on="erp"),
        OrderFilter(customer_id="C-7"),
        OrderFilter(external_id="mine"),
        OrderFilter(channel="b2b", hold=HoldKind.CREDIT, waiting_on="erp", customer_id="C-7"),
    ]
    assert [await all_pages(orders, wanted, 5) for wanted in filters] == [[["mine"]]] * len(filters)
    assert await all_pages(orders, OrderFilter(headline=Headline.RECEIVED), 5) == [["other"]]
    assert await all_pages(orders, OrderFilter(channel="b2b", headline=Headline.RECEIVED), 5) == [[]]
    for unheard_of in (OrderFilter(customer_id="\0"), OrderFilter(external_id="\ud800"), OrderFilter(channel="%")):
        assert await all_pages(orders, unheard_of, 5) == [[]]


def forged(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


BAD_CURSORS = [
    "",
    "x",
    "====",
    "ä",
    "\ud800",
    "e30",
    forged(),
    forged("orders", 1),
    forged("orders", "1", "order:b2b:1"),
    forged("orders", 1.5, "order:b2b:1"),
    forged("orders", *[True], "order:b2b:1"),
    forged("orders", 10**30, "order:b2b:1"),
    forged("orders", 1, None),
    forged("orders", 1, ["order:b2b:1"]),
    forged("orders", 1, "\0"),
    forged("quarantine", 1, "q-1"),
    forged("orders", 1, "order:b2b:1") + "=",
    forged("orders", 1, "order:b2b:1") + "*",
    base64.urlsafe_b64encode(b"[" * 700).decode(),
    "A" * 100_000,
]


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("cursor", BAD_CURSORS, ids=range(len(BAD_CURSORS)))
async def test_a_cursor_that_is_not_ours_is_refused(orders, cursor):
    with pytest.raises(InvalidInput) as refused:
        await orders.page(ANY, cursor=cursor, limit=3)
    assert [error.pointer for error in refused.value.errors] == ["/cursor"]


async def test_a_cursor_of_one_list_is_no_cursor_of_another(orders, quarantine, seven):  # noqa: ARG001 - its orders
    of_orders = (await orders.page(ANY, cursor=None, limit=1)).next_cursor
    with pytest.raises(InvalidInput):
        await quarantine.page(state=None, channel=None, cursor=of_orders, limit=1)


PLANS = {
    "orders_by_age": OrderFilter(),
    "orders_by_channel": OrderFilter(channel="b2b"),
    "orders_by_headline": OrderFilter(headline=Headline.ON_HOLD),
    "orders_by_customer": OrderFilter(customer_id="C-1"),
    "orders_by_external_id": OrderFilter(external_id="1"),
    "orders_waiting": OrderFilter(waiting_on="erp"),
    "order_holds_open": OrderFilter(hold=HoldKind.FRAUD),
}


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize(("index", "wanted"), PLANS.items(), ids=PLANS)
async def test_every_filter_reads_an_index_and_not_the_table(database, orders, index, wanted):
    statements = []
    event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, parameters, _context, _many: statements.append((statement, parameters)),
    )
    await orders.page(wanted, cursor=None, limit=3)
    statement, parameters = statements[-1]
    async with database.reading() as connection:
        plan = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
    assert any(index in str(row) for row in plan), plan
