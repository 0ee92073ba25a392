"""More or fewer of a line after the order was accepted: in every system, and to the minor unit."""

from __future__ import annotations

import pytest
from temporalio.client import Client

from models.order.payment_terms import PaymentTerms
from models.order.snapshot import Headline
from models.stock.reservation import RemedyKind
from tests.promises.changing.wishes import line, said, send, settled, wish
from tests.promises.orders.orders import an_order, euro
from tests.promises.orders.test_short_of_stock import does, fill
from tests.promises.orders.world import World, start


@pytest.fixture
def still(world: World) -> World:
    """A warehouse that sends nothing by itself."""
    world.ships = False
    return world


async def test_more_of_a_line_is_reserved_authorised_recorded_and_sent(still: World, client: Client) -> None:
    order = an_order(mug=2)
    handle = await start(client, order)
    await still.until(lambda: len(still.released) == 1)

    await wish(handle, "quantity", line_id="1", quantity=5)
    change = await settled(still)
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[0])
    await send(still, still.released[1], "P2")

    assert await still.end(handle) == Headline.COMPLETED
    assert change.state == "confirmed"
    assert said(change) == {"policy": "confirmed", "stock": "confirmed", "payment": "confirmed", "erp": "confirmed"}
    assert still.money["authorised"] == still.money["captured"] == still.money["invoiced"] == 5 * 1190 + 490
    assert still.stock["MUG"] == 95
    assert line(still).shipped == 5


async def test_fewer_of_a_line_stops_the_warehouse_and_goes_out_again(still: World, client: Client) -> None:
    order = an_order(mug=5)
    handle = await start(client, order)
    await still.until(lambda: len(still.released) == 1)

    await wish(handle, "quantity", line_id="1", quantity=2)
    change = await settled(still)
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[1])

    assert await still.end(handle) == Headline.COMPLETED
    assert (change.state, change.units) == ("confirmed", 3)
    assert said(change) == {"policy": "confirmed", "wms": "confirmed", "erp": "confirmed"}
    assert still.done("recall") == [f"undo {still.released[0].key}"]
    assert still.done("void_label") == [f"undo {still.released[0].key}/label"]
    assert still.released[1].key == f"{still.released[0].key}-change-1"
    assert [one.quantity for one in still.released[1].lines] == [2]
    assert [sum(one.quantity for one in record.lines) for record in still.records] == [2]
    assert still.money["captured"] == still.money["invoiced"] == 2 * 1190 + 490
    assert still.stock["MUG"] == 98
    assert (line(still).ordered, line(still).cancelled, line(still).shipped) == (5, 3, 2)


async def test_a_line_that_is_left_out_leaves_the_other_as_it_was(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=3, lamp=1))
    await still.until(lambda: len(still.released) == 1)

    await wish(handle, "cancel_line", line_id="1")
    await settled(still)
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[1])

    assert await still.end(handle) == Headline.COMPLETED
    assert [(one.sku, one.quantity) for one in still.released[1].lines] == [("LAMP", 1)]
    assert still.money["captured"] == 4999 + 4999 * 19 // 100 + 490
    assert still.stock == {"MUG": 100, "LAMP": 99, "KIT": 100}


async def test_a_part_of_a_bundle_s_line_takes_all_its_parts_along(still: World, client: Client) -> None:
    handle = await start(client, an_order(set=3))
    await still.until(lambda: len(still.released) == 1)

    await wish(handle, "cancel_quantity", line_id="1", quantity=1)
    change = await settled(still)
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[1])

    assert await still.end(handle) == Headline.COMPLETED
    assert change.units == 1
    assert still.stock == {"MUG": 96, "LAMP": 98, "KIT": 100}
    assert still.money["captured"] == 2 * (6500 + 1235) + 490


async def test_what_waits_for_stock_is_left_out_before_anything_else(still: World, client: Client) -> None:
    still.stock |= {"MUG": 0}
    still.remedies = does(RemedyKind.BACKORDER)
    handle = await start(client, an_order(mug=3, lamp=1))
    await still.until(lambda: len(still.released) == 1 and bool(still.backorders))
    key = next(iter(still.backorders))

    await wish(handle, "quantity", line_id="1", quantity=1)
    change = await settled(still)
    assert "wms" not in said(change)
    assert [need.quantity for need in still.backorders[key].needs] == [1]
    await fill(still, key, mug=5)
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[0])
    await send(still, still.released[1], "P2")

    assert await still.end(handle) == Headline.COMPLETED
    assert still.stock["MUG"] == 4
    assert still.money["captured"] == 1190 + 4999 + 949 + 490


async def test_a_line_that_waits_is_left_out_while_the_order_waits_for_it(still: World, client: Client) -> None:
    still.stock |= {"MUG": 0, "LAMP": 0}
    still.remedies = does(RemedyKind.BACKORDER)
    handle = await start(client, an_order(mug=2, lamp=1))
    await still.until(lambda: len(still.backorders) == 2)

    await wish(handle, "cancel_line", line_id="1")
    change = await settled(still)
    assert said(change) == {"policy": "confirmed"}
    await fill(still, next(iter(still.backorders)), lamp=1)
    await still.until(lambda: len(still.released) == 1)
    await send(still, still.released[0])

    assert await still.end(handle) == Headline.COMPLETED
    assert still.money["authorised"] == still.money["captured"] == 4999 + 949 + 490
    assert [one.sku for order in still.created for one in order.lines] == ["LAMP"]


async def test_units_of_a_service_come_and_go_without_a_warehouse(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=1, warranty=2))
    await still.until(lambda: len(still.released) == 1)

    await wish(handle, "cancel_quantity", line_id="2", quantity=1)
    change = await settled(still)
    await send(still, still.released[0])

    assert await still.end(handle) == Headline.COMPLETED
    assert said(change) == {"policy": "confirmed", "erp": "confirmed"}
    assert still.money["captured"] == 1190 + 900 + 171 + 490


async def test_the_customer_and_the_channel_are_told_once(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=5, terms=PaymentTerms.PREPAID, shipping=0))
    await still.until(lambda: len(still.released) == 1)

    await wish(handle, "cancel_quantity", line_id="1", quantity=2)
    change = await settled(still)
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[1])

    assert await still.end(handle) == Headline.COMPLETED
    told = {notice.audience.value: notice.refund_due for notice in still.notices if notice.kind == "order_changed"}
    assert told == {"channel": euro(2380), "customer": None}
    assert len([key for key in still.done("send") if "order_changed" in key]) == 2
    assert change.refund_due == still.last.money.refunded == euro(2380)
    assert not still.done("refund")
