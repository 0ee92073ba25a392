"""Where an order goes, how fast, and whether it goes at all; and changes of orders that wait for something."""

from __future__ import annotations

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError

from models.errors import Refused, Unavailable
from models.order.payment_terms import PaymentTerms
from models.order.snapshot import Headline
from models.stock.reservation import RemedyKind
from tests.promises.changing.wishes import ADDRESS, said, send, settled, wish
from tests.promises.orders.orders import an_order, euro
from tests.promises.orders.test_short_of_stock import does, fill
from tests.promises.orders.world import World, start

WORD = {"reason": "looked into it", "actor": "anna"}


@pytest.fixture
def still(world: World) -> World:
    """A warehouse that sends nothing by itself."""
    world.ships = False
    return world


async def test_another_address_means_another_label_and_another_release(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=2))
    await still.until(lambda: len(still.released) == 1)

    await wish(handle, "shipping_address", address=ADDRESS)
    change = await settled(still)
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[1])

    assert await still.end(handle) == Headline.COMPLETED
    assert said(change) == dict.fromkeys(("policy", "wms", "carrier", "erp"), "confirmed")
    old, new = still.released
    assert new.ship_to is not None
    assert new.ship_to.city == "Leipzig"
    assert new.tracking_number != old.tracking_number
    assert still.done("void_label") == [f"undo {old.key}/label"]
    assert still.done("book") == [f"{old.key}/label", f"{new.key}/label"]
    assert [record.shipping_address.city for record in still.records if record.shipping_address] == ["Leipzig"]
    assert change.total_before == change.total_after
    changed = [snapshot.changed for snapshot in still.snapshots if snapshot.changed]
    assert [order.shipping_address.city for order in changed if order.shipping_address] == ["Leipzig"]
    assert still.money["captured"] == 2 * 1190 + 490


async def test_a_faster_service_is_booked_anew_and_costs_no_more(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=2))
    await still.until(lambda: len(still.released) == 1)

    await wish(handle, "shipping_service", service_level="expedited")
    await settled(still)
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[1])

    assert await still.end(handle) == Headline.COMPLETED
    assert [one.service_level.value for one in still.released] == ["standard", "expedited"]
    assert still.money["captured"] == 2 * 1190 + 490


async def test_goods_that_have_left_do_not_turn_round(still: World, client: Client) -> None:
    still.recalls = False
    handle = await start(client, an_order(mug=2))
    await still.until(lambda: len(still.released) == 1)

    await wish(handle, "shipping_address", address=ADDRESS)
    change = await settled(still)
    await send(still, still.released[0])

    assert await still.end(handle) == Headline.COMPLETED
    assert (change.state, change.settled_by) == ("declined", "wms")
    assert len(still.done("book")) == 1


async def test_the_whole_order_is_cancelled_as_by_any_wish_to_cancel(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=2))
    await still.until(lambda: len(still.released) == 1)

    await wish(handle, "cancel_order")

    assert await still.end(handle) == Headline.CANCELLED
    assert still.last.changes[0].state == "confirmed"
    assert still.stock["MUG"] == 100
    assert not still.money["captured"]


async def test_an_order_that_has_left_is_not_cancelled(still: World, client: Client) -> None:
    still.recalls = False
    handle = await start(client, an_order(mug=2))
    await still.until(lambda: len(still.released) == 1)

    await wish(handle, "cancel_order")
    change = await settled(still)
    await send(still, still.released[0])

    assert await still.end(handle) == Headline.COMPLETED
    assert (change.state, change.settled_by) == ("declined", "wms")


async def test_a_change_of_an_order_on_hold_is_made_when_it_goes_on(still: World, client: Client) -> None:
    still.faults["authorise"] = [Refused("payment", "the card was declined", code="card_declined")]
    handle = await start(client, an_order(mug=3))
    await still.until_held("payment")

    await wish(handle, "quantity", line_id="1", quantity=1)
    await still.until(lambda: bool(still.last.changes))
    assert still.last.changes[0].answers == ()
    await handle.signal("approve", WORD)
    change = await settled(still)
    await still.until(lambda: len(still.released) == 1)
    await send(still, still.released[0])

    assert await still.end(handle) == Headline.COMPLETED
    assert said(change) == {"policy": "confirmed"}
    assert [one.quantity for order in still.created for one in order.lines] == [1]
    assert still.money["captured"] == 1190 + 490
    assert still.stock["MUG"] == 99


async def test_an_order_that_waits_for_stock_goes_to_its_new_address(still: World, client: Client) -> None:
    still.stock["MUG"] = 0
    still.remedies = does(RemedyKind.BACKORDER)
    handle = await start(client, an_order(mug=2))
    await still.until(lambda: bool(still.backorders))

    await wish(handle, "shipping_address", address=ADDRESS)
    change = await settled(still)
    await fill(still, next(iter(still.backorders)), mug=2)
    await still.until(lambda: len(still.released) == 1)
    await send(still, still.released[0])

    assert await still.end(handle) == Headline.COMPLETED
    assert said(change) == {"policy": "confirmed"}
    assert still.released[0].ship_to is not None
    assert still.released[0].ship_to.city == "Leipzig"
    assert [order.shipping_address.city for order in still.created if order.shipping_address] == ["Leipzig"]


async def test_a_change_goes_on_when_the_erp_answers_again(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=3))
    await still.until(lambda: len(still.released) == 1)
    still.faults["change_order"] = [Unavailable("erp", "down"), Unavailable("erp", "down")]

    await wish(handle, "quantity", line_id="1", quantity=1)
    change = await settled(still)
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[1])

    assert await still.end(handle) == Headline.COMPLETED
    assert change.state == "confirmed"
    shown = [one for snapshot in still.snapshots for one in snapshot.changes]
    assert any(answer.reason == "down" for one in shown for answer in one.answers)


async def test_a_wish_to_cancel_ends_the_change_that_is_under_way(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=3))
    await still.until(lambda: len(still.released) == 1)
    still.faults["change_order"] = [Unavailable("erp", "down", retry_after_s=600)]
    await wish(handle, "quantity", line_id="1", quantity=1)
    await still.until(lambda: bool(still.last.changes) and still.last.changes[0].answers[-1].reason == "down")

    await handle.signal("cancel", WORD)

    assert await still.end(handle) == Headline.CANCELLED
    assert still.last.changes[0].state == "withdrawn"
    assert still.stock["MUG"] == 100
    assert still.done("cancel_order")
    assert not still.money["captured"]


async def test_a_gift_card_pays_first_and_only_what_it_holds_too_much_goes_back(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=5, gift_card=3000, shipping=0))
    await still.until(lambda: len(still.released) == 1)

    await wish(handle, "quantity", line_id="1", quantity=2)
    change = await settled(still)
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[1])

    assert await still.end(handle) == Headline.COMPLETED
    assert change.refund_due == euro(620)
    assert not still.money["captured"]
    assert still.last.money.refunded == euro(620)


async def test_a_prepaid_order_does_not_grow(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=2, terms=PaymentTerms.PREPAID, channel="amazon"))
    await still.until(lambda: len(still.released) == 1)

    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await wish(handle, "quantity", line_id="1", quantity=3)
    assert "the channel has taken the money" in str(refused.value.cause)

    await send(still, still.released[0])
    assert await still.end(handle) == Headline.COMPLETED


async def test_a_person_s_signal_does_the_same_and_a_bad_one_is_noted(still: World, client: Client) -> None:
    handle = await start(client, an_order(mug=3))
    await still.until(lambda: len(still.released) == 1)

    unknown = {"kind": "cancel_line", "line_id": "7", "reason": "no"}
    known = {"kind": "quantity", "line_id": "1", "quantity": 1, "reason": "no"}
    await handle.signal("change", {"request": unknown, "actor": "anna"})
    await handle.signal("change", "nonsense")
    await handle.signal("withdraw_change", {"change": "change-9", "reason": "no", "actor": "anna"})
    await handle.signal("change", {"request": known, "actor": "anna"})
    change = await settled(still)
    await still.until(lambda: len(still.released) == 2)
    await send(still, still.released[1])
    assert await still.end(handle) == Headline.COMPLETED

    assert change.state == "confirmed"
    noted = [text for text in still.story if "refused" in text]
    assert noted[0] == "signal change refused: /line_id the order has no line 7"
    assert noted[1].startswith("signal change refused: ")
    assert noted[2] == "signal withdraw_change refused: there is no change-9"
