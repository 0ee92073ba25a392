"""One party says no, or too late, and everything that was done for a change is undone in every system."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError

from models.changes.progress import Party
from models.errors import Refused, Unavailable
from models.order.payment_terms import PaymentTerms
from models.order.snapshot import Headline
from models.partners.warehouse import RecallAnswer
from models.states.fulfilment import ShipmentState
from tests.promises.changing.wishes import ADDRESS, line, reason_of, said, send, settled, wish
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import World, moved, shipped, start


@pytest.fixture
def still(world: World) -> World:
    """A warehouse that sends nothing by itself."""
    world.ships = False
    return world


async def test_too_little_stock_declines_and_reserves_nothing(still: World, client: Client) -> None:
    still.stock["MUG"] = 3
    handle = await start(client, an_order(mug=2))
    await still.until(lambda: bool(still.released))

    await wish(handle, "quantity", line_id="1", quantity=9)
    change = await settled(still)
    await send(still, still.released[0])

    assert await still.end(handle) == Headline.COMPLETED
    assert (change.state, change.settled_by) == ("declined", "stock")
    assert change.reason == "short of stock: MUG: 1 of 7"
    assert still.stock["MUG"] == 1
    assert not still.records
    assert still.money["captured"] == 2 * 1190 + 490


async def test_a_card_that_is_declined_gives_the_further_stock_back(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=2))
    await still.until(lambda: bool(still.released))

    still.faults["authorise"] = [Refused("payment", "the card was declined", code="card_declined")]
    await wish(handle, "quantity", line_id="1", quantity=4)
    change = await settled(still)
    await send(still, still.released[0])

    assert await still.end(handle) == Headline.COMPLETED
    assert said(change) == {"policy": "confirmed", "stock": "undone", "payment": "declined"}
    assert reason_of(change, Party.PAYMENT) == "the card was declined"
    assert still.stock["MUG"] == 98
    assert still.money["authorised"] == still.money["captured"] == 2 * 1190 + 490


async def test_an_erp_that_refuses_has_the_goods_go_out_again_as_they_were(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=3))
    await still.until(lambda: len(still.released) == 1)

    still.faults["change_order"] = [Refused("erp", "the period is closed", code="closed")]
    await wish(handle, "quantity", line_id="1", quantity=1)
    change = await settled(still)
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[1])

    assert await still.end(handle) == Headline.COMPLETED
    assert said(change) == {"policy": "confirmed", "wms": "undone", "erp": "declined"}
    assert (change.state, change.settled_by, change.reason) == ("declined", "erp", "the period is closed")
    assert [one.quantity for one in still.released[1].lines] == [3]
    # Nobody can be sure that a refusal changed nothing: the record is put as it was, under a key of its own.
    assert [sum(one.quantity for one in record.lines) for record in still.records] == [3]
    assert still.records[0].key.endswith("change-1-back")
    assert still.money["captured"] == 3 * 1190 + 490
    assert still.stock["MUG"] == 97
    assert line(still).cancelled == 0


async def test_a_customer_over_his_credit_limit_gets_no_more(still: World, client: Client) -> None:
    still.limit = 5000
    handle = await start(client, an_order(mug=2, terms=PaymentTerms.ACCOUNT, channel="b2b"))
    await still.until(lambda: bool(still.released))

    await wish(handle, "quantity", line_id="1", quantity=40)
    change = await settled(still)
    await send(still, still.released[0])

    assert await still.end(handle) == Headline.COMPLETED
    assert (change.state, change.settled_by) == ("declined", "erp")
    assert still.stock["MUG"] == 98
    assert still.money["invoiced"] == 2 * 1190 + 490


async def test_what_our_rules_bar_is_declined_before_anybody_is_asked(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=2))
    await still.until(lambda: bool(still.released))

    await wish(handle, "shipping_address", address=ADDRESS | {"country": "KP"})
    change = await settled(still)
    await send(still, still.released[0])

    assert await still.end(handle) == Headline.COMPLETED
    assert said(change) == {"policy": "declined"}
    assert "change: refuse" in " ".join(still.story)
    assert not still.done("recall")


async def test_a_carrier_that_does_not_go_there_leaves_the_old_address(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=2))
    await still.until(lambda: len(still.released) == 1)

    still.faults["book"] = [Refused("carrier", "no service to that place", code="no_service")]
    await wish(handle, "shipping_address", address=ADDRESS)
    change = await settled(still)
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[1])

    assert await still.end(handle) == Headline.COMPLETED
    assert (change.state, change.settled_by) == ("declined", "carrier")
    assert still.released[1].ship_to == still.released[0].ship_to
    assert still.released[1].tracking_number != still.released[0].tracking_number


# --- the race with the warehouse --------------------------------------------------------------------------------------


async def test_goods_that_left_meanwhile_have_left_in_every_system(still: World, client: Client) -> None:
    still.recalls = False
    handle = await start(client, an_order(mug=3))
    await still.until(lambda: len(still.released) == 1)

    await wish(handle, "quantity", line_id="1", quantity=1)
    change = await settled(still)
    await send(still, still.released[0])

    assert await still.end(handle) == Headline.COMPLETED
    assert (change.state, change.settled_by, change.reason) == ("declined", "wms", "it has left already")
    assert said(change) == {"policy": "confirmed", "wms": "declined"}
    assert (line(still).shipped, line(still).cancelled) == (3, 0)
    assert still.money["captured"] == still.money["invoiced"] == 3 * 1190 + 490
    assert not still.records
    assert still.stock["MUG"] == 97


async def test_the_parcel_is_told_of_while_the_change_is_under_way(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=3))
    await still.until(lambda: len(still.released) == 1)

    async def leaves(verb: str) -> None:
        if verb == "recall":
            still.at_effect = None
            await still.tell(shipped(still.released[0]))
            await still.tell(moved(still.released[0], ShipmentState.DELIVERED))

    still.recalls = False
    still.at_effect = leaves
    await wish(handle, "cancel_quantity", line_id="1", quantity=1)
    change = await settled(still)

    assert await still.end(handle) == Headline.COMPLETED
    assert (change.state, change.settled_by) == ("declined", "wms")
    assert (line(still).shipped, line(still).cancelled) == (3, 0)
    assert still.money["captured"] == 3 * 1190 + 490


async def test_of_a_line_of_which_a_part_has_left_only_the_rest_is_cancelled(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=3, lamp=1))
    await still.until(lambda: len(still.released) == 1)
    first = still.released[0]
    mugs = [one for one in first.lines if one.sku == "MUG"]
    await still.tell(shipped(first.model_copy(update={"lines": tuple(mugs)}), quantity=1, shipment="P1"))
    await still.until(lambda: still.last.headline is Headline.PARTIALLY_SHIPPED)

    await wish(handle, "cancel_line", line_id="1")
    change = await settled(still)
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[1], "P2")
    await still.tell(moved(first, ShipmentState.DELIVERED))

    assert await still.end(handle) == Headline.COMPLETED
    assert (change.state, change.units) == ("confirmed", 2)
    assert [(one.sku, one.quantity) for one in still.released[1].lines] == [("LAMP", 1)]
    assert (line(still).shipped, line(still).cancelled) == (1, 2)
    assert still.money["captured"] == still.money["invoiced"] == 1190 + 4999 + 949 + 490
    assert still.stock == {"MUG": 99, "LAMP": 99, "KIT": 100}


async def test_two_consignments_one_of_which_has_left_lose_only_the_other(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=2))
    await still.until(lambda: len(still.released) == 1)
    await wish(handle, "quantity", line_id="1", quantity=5)
    await still.until(lambda: len(still.released) == 2)

    left = still.released[0].key
    still.effects[f"undo {left}"] = RecallAnswer(recalled=False)
    await wish(handle, "cancel_quantity", line_id="1", quantity=4)
    change = await settled(still, "change-2")
    await send(still, still.released[0])

    assert await still.end(handle) == Headline.COMPLETED
    assert (change.state, change.units) == ("confirmed", 3)
    assert (line(still).ordered, line(still).shipped, line(still).cancelled) == (5, 2, 3)
    assert still.money["captured"] == 2 * 1190 + 490
    assert still.stock["MUG"] == 98


# --- what is taken back, and what is not taken ------------------------------------------------------------------------


async def test_a_change_that_is_withdrawn_while_the_erp_is_away_is_undone(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=3))
    await still.until(lambda: len(still.released) == 1)
    still.faults["change_order"] = [Unavailable("erp", "down", retry_after_s=600)]

    await wish(handle, "quantity", line_id="1", quantity=1)
    await still.until(lambda: bool(still.last.changes) and still.last.changes[0].answers[-1].reason == "down")
    assert still.last.changes[0].waiting_on is Party.ERP
    word = {"change": "change-1", "reason": "he wants them after all", "actor": "anna"}
    await handle.execute_update("withdraw_change", word)
    change = await settled(still)
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[1])

    assert await still.end(handle) == Headline.COMPLETED
    assert (change.state, change.settled_by, change.reason) == ("withdrawn", "anna", "he wants them after all")
    assert said(change) == {"policy": "confirmed", "wms": "undone", "erp": "undone"}
    assert still.money["captured"] == 3 * 1190 + 490


async def test_a_second_change_waits_for_the_end_of_the_first(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=3))
    await still.until(lambda: len(still.released) == 1)
    may = asyncio.Event()

    async def once_it_may(verb: str) -> None:
        if verb == "recall":
            await may.wait()

    still.at_effect = once_it_may
    await wish(handle, "cancel_quantity", line_id="1", quantity=1)

    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await wish(handle, "quantity", line_id="1", quantity=7)
    assert "change-1 is still under way" in str(refused.value.cause)
    may.set()

    assert (await settled(still)).state == "confirmed"
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[1])
    assert await still.end(handle) == Headline.COMPLETED


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("cancel_line", {"line_id": "7"}, "/line_id the order has no line 7"),
        ("quantity", {"line_id": "1", "quantity": 3}, "/quantity is 3 already"),
        ("cancel_quantity", {"line_id": "1", "quantity": 4}, "/quantity is more than the 3"),
        ("quantity", {"line_id": "1", "quantity": 0}, "greater than or equal to 1"),
        ("cancel_line", {"line_id": "1"}, "nothing would be left of the order"),
        ("cancel_line", {"line_id": "1", "gift": True}, "Extra inputs"),
    ],
)
async def test_an_order_refuses_what_cannot_be(
    still: World, client: Client, kind: str, fields: dict[str, object], says: str
) -> None:
    handle = await start(client, an_order(mug=3))
    await still.until(lambda: len(still.released) == 1)

    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await wish(handle, kind, **fields)

    assert says in str(refused.value.cause)
    await handle.signal("cancel", {"reason": "the test ends", "actor": "anna"})
    await still.end(handle)


async def test_after_the_last_parcel_has_left_nothing_is_changed(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=2))
    await still.until(lambda: len(still.released) == 1)
    await still.tell(shipped(still.released[0]))
    await still.until(lambda: still.last.headline is Headline.SHIPPED)

    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await wish(handle, "shipping_address", address=ADDRESS)
    assert "all of it has left: the customer can return it" in str(refused.value.cause)

    await still.tell(moved(still.released[0], ShipmentState.DELIVERED))
    assert await still.end(handle) == Headline.COMPLETED


async def test_policy_may_stop_no_warehouse_for_a_change(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=3, channel="amazon"))
    await still.until(lambda: len(still.released) == 1)

    await wish(handle, "shipping_service", service_level="expedited")
    change = await settled(still)
    await send(still, still.released[0])

    assert await still.end(handle) == Headline.COMPLETED
    assert (change.state, change.settled_by) == ("declined", "policy")
    assert change.reason == "no such change is taken after an order was accepted"
    assert not still.done("recall")
