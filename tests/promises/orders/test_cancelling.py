"""Whenever an order is cancelled, and whichever step fails for good, the world is as before; or we say why not."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError

from models.errors import Conflict, Refused, Transient, Unavailable, Uncertain
from models.messages import Acknowledgement, Cancellation, HoldDecision, Verdict
from models.order.document import ChannelRisk
from models.order.order import Order
from models.order.payment_terms import PaymentTerms
from models.order.snapshot import Headline
from models.order.standing import Standing
from models.partners.notices import NoticeKind
from models.states.fulfilment import ShipmentState
from models.states.payment import PaymentState
from models.stock.reservation import RemedyKind
from tests.promises.orders.orders import an_order
from tests.promises.orders.test_short_of_stock import does, fill
from tests.promises.orders.world import World, moved, shipped, start
from workflows.ordering.undoing import Undoing

STEPS = ["authorise", "create_order", "book", "release"]
WISH = Cancellation(reason="the customer changed her mind", actor="anna")


def cancel_at(world: World, verb: str, order: Order, how: str) -> None:
    """Have the order cancelled just as an effect has taken place, before its reply is there."""
    assert world.client is not None
    handle = world.client.get_workflow_handle(order.id)
    pending: list[asyncio.Task[Any]] = []

    async def interrupt(done: str) -> None:
        if done != verb or pending:
            return
        if how == "update":
            pending.append(asyncio.create_task(handle.execute_update("cancel", WISH)))
            await asyncio.sleep(0.1)
        elif how == "signal":
            await handle.signal("cancel", WISH)
        else:
            await handle.cancel()
            await asyncio.sleep(0.1)
            pending.append(asyncio.create_task(asyncio.sleep(0)))

    world.at_effect = interrupt


def assert_as_before(world: World, order: Order) -> None:
    """Every effect has been taken back, once."""
    assert world.stock == {"MUG": 100, "LAMP": 100, "KIT": 100}
    assert not any(world.reserved.values())
    undone = {key.removeprefix("undo ") for verb, key in world.journal if key.startswith("undo ")}
    done = {key for verb, key in world.journal if verb in STEPS}
    assert done <= undone
    assert world.money["captured"] == world.money["invoiced"] == 0
    assert all(hold.state != "open" for hold in world.last.holds)
    assert world.last.money.state in {PaymentState.VOIDED, PaymentState.PENDING, PaymentState.DECLINED}
    assert order.id == world.last.order_id


@pytest.mark.parametrize("how", ["update", "signal", "temporal"])
@pytest.mark.parametrize("step", STEPS)
async def test_cancelled_at_any_step_everything_is_taken_back(
    client: Client, world: World, step: str, how: str
) -> None:
    world.ships = False
    order = an_order()
    cancel_at(world, step, order, how)

    handle = await start(client, order)

    assert await world.end(handle) == Headline.CANCELLED
    assert_as_before(world, order)
    assert step in {verb for verb, _ in world.journal}


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_refused_for_good_takes_back_what_was_done(client: Client, world: World, step: str) -> None:
    world.faults[step] = [Refused(step, "no", code="nope")]
    order = an_order()

    handle = await start(client, order)
    await world.until(lambda: any(hold.state == "open" for hold in (world.snapshots[-1:] and world.last.holds) or ()))
    hold = next(hold for hold in world.last.holds if hold.state == "open")
    await reject(handle, hold.id)

    assert await world.end(handle) == Headline.CANCELLED
    assert_as_before(world, order)


@pytest.mark.parametrize("step", [*STEPS, "capture", "post_invoice", "send"])
async def test_a_lost_reply_leaves_one_effect(client: Client, world: World, step: str) -> None:
    world.lost[step] = [Transient(step, "the connection was reset")]
    order = an_order()

    handle = await start(client, order)

    assert await world.end(handle) == Headline.COMPLETED
    assert len(world.journal) == len({key for _, key in world.journal})
    assert world.money["captured"] == order.total.amount


@pytest.mark.parametrize("step", STEPS)
async def test_cancelled_while_parked_it_does_not_wait_for_the_partner(client: Client, world: World, step: str) -> None:
    world.faults[step] = [Unavailable(step, "down", retry_after_s=3600)]
    order = an_order()

    handle = await start(client, order)
    await world.until_held("partner_unavailable")
    await handle.execute_update("cancel", WISH)

    assert await world.end(handle) == Headline.CANCELLED
    assert_as_before(world, order)


@pytest.mark.parametrize("undo", ["void", "cancel_order", "void_label", "recall"])
async def test_an_undo_that_fails_is_asked_again_until_it_is_done(client: Client, world: World, undo: str) -> None:
    world.ships = False
    world.faults[undo] = [Transient(undo, "reset"), Unavailable(undo, "down")]
    order = an_order()
    handle = await start(client, order)
    await world.until(lambda: bool(world.done("release")))

    await handle.signal("cancel", WISH)

    assert await world.end(handle) == Headline.CANCELLED
    assert_as_before(world, order)


async def test_wishing_twice_takes_no_question_from_a_person(client: Client, world: World) -> None:
    world.ships = False
    world.own_refusals["release"] = [Conflict("key_reused", "the key was used for something else")]
    order = an_order()
    handle = await start(client, order)
    await world.until(lambda: bool(world.released))
    await handle.signal("cancel", WISH)
    await world.until_held("other")

    answer = await handle.execute_update("cancel", WISH)
    assert answer["text"] == "being cancelled"
    await world.until_held("other")
    await handle.signal("approve", {"reason": "it was put right", "actor": "anna"})

    assert await world.end(handle) == Headline.CANCELLED
    assert_as_before(world, order)


async def test_an_undo_given_up_by_an_operator_is_said_plainly(client: Client, world: World) -> None:
    world.ships = False
    world.faults["cancel_order"] = [Refused("erp", "the period is closed", code="closed")]
    order = an_order()
    handle = await start(client, order)
    await world.until(lambda: bool(world.done("release")))
    await handle.signal("cancel", WISH)
    await world.until_held("other")
    await reject(handle, "other-1")

    assert await world.end(handle) == Headline.CANCELLED
    assert "cancel the ERP order: not done: an operator gave it up" in world.story
    assert world.done("void")


async def test_what_the_warehouse_has_sent_cannot_be_cancelled(client: Client, world: World) -> None:
    world.ships = False
    world.recalls = False
    order = an_order()
    handle = await start(client, order)
    await world.until(lambda: bool(world.released))

    answer = await handle.execute_update("cancel", WISH)
    assert "cannot be cancelled: the warehouse has sent it already" in world.story
    await world.tell(shipped(world.released[0]))
    await world.until(lambda: world.last.headline is Headline.SHIPPED)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await handle.execute_update("cancel", WISH)
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))

    assert answer["headline"] == Headline.IN_FULFILMENT
    assert "the customer can return it" in str(refused.value.cause)
    assert await world.end(handle) == Headline.COMPLETED
    assert world.money["captured"] == order.total.amount


async def test_what_nobody_could_recall_for_certain_may_come_and_is_not_called_cancelled(
    client: Client, world: World
) -> None:
    world.ships = False
    order = an_order(mug=2)
    handle = await start(client, order)
    await world.until(lambda: bool(world.released))
    world.faults["recall"] = [Uncertain("wms", "it does not say whether it stopped")]
    wish = asyncio.create_task(handle.execute_update("cancel", WISH, result_type=Acknowledgement))
    await world.until_held("other")

    await handle.signal("reject", {"reason": "nobody reaches them", "actor": "anna"})

    assert "cannot be cancelled" in (await wish).text
    await world.tell(shipped(world.released[0]))
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))
    assert await world.end(handle) == Headline.COMPLETED
    assert world.money["captured"] == order.total.amount


async def test_what_has_not_left_is_stopped_though_service_is_at_a_parcel_that_was_lost(
    client: Client, world: World
) -> None:
    world.ships = False
    order = an_order(mug=3)
    handle = await start(client, order)
    await world.until(lambda: bool(world.released))
    lost = {"tracking_number": "LOST-1"}
    await world.tell(shipped(world.released[0], quantity=1).model_copy(update=lost))
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)
    await world.tell(moved(world.released[0], ShipmentState.LOST).model_copy(update=lost))
    await world.until_held("other")

    answer = await handle.execute_update("cancel", WISH, result_type=Acknowledgement)

    assert answer.text == "what was not sent yet is cancelled"
    assert len(world.done("recall")) == 1
    await world.until(lambda: any("no longer set aside" in text for text in world.story))
    assert world.last.headline is not Headline.COMPLETED
    await handle.signal("approve", {"reason": "she takes a voucher", "actor": "anna"})
    assert await world.end(handle) == Headline.COMPLETED
    assert [hold.state.value for hold in world.last.holds] == ["approved"]
    assert (world.last.lines[0].shipped, world.last.lines[0].cancelled) == (1, 2)
    assert world.money["captured"] == order.total.amount - 2 * 1190


async def test_half_shipped_only_the_rest_is_cancelled_and_not_paid_for(client: Client, world: World) -> None:
    world.ships = False
    order = an_order(mug=4, shipping=0)
    handle = await start(client, order)
    await world.until(lambda: bool(world.released))
    await world.tell(shipped(world.released[0], quantity=1))
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)

    await handle.execute_update("cancel", WISH)
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))

    assert await world.end(handle) == Headline.COMPLETED
    assert world.money["captured"] == order.total.allocate([1, 3])[0].amount
    assert (world.last.lines[0].shipped, world.last.lines[0].cancelled) == (1, 3)
    assert world.stock["MUG"] == 99


async def test_what_the_channel_had_sent_itself_is_not_given_back(client: Client, world: World) -> None:
    world.ships = False
    order = an_order(terms=PaymentTerms.PREPAID, mug=4, shipping=0)
    sent = order.lines[0].model_copy(update={"cancelled": 1, "shipped": 1})
    order = order.model_copy(update={"lines": (sent,)})
    handle = await start(client, order)
    await world.until(lambda: bool(world.released))

    await handle.execute_update("cancel", WISH)

    assert await world.end(handle) == Headline.CANCELLED
    assert world.last.money.refunded == order.total.allocate([1, 3])[1]


async def test_cancelled_while_the_rest_is_parked_no_hold_is_left(client: Client, world: World) -> None:
    world.stock |= {"MUG": 0, "LAMP": 1}
    world.remedies = does(RemedyKind.BACKORDER)
    handle = await start(client, an_order(mug=2, lamp=1))
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)
    world.faults["release"] = [Unavailable("wms", "down", retry_after_s=3600)]
    await fill(world, next(iter(world.backorders)), mug=2)
    await world.until_held("partner_unavailable")

    await handle.signal("cancel", WISH)

    assert await world.end(handle) == Headline.COMPLETED
    assert world.last.lines[0].cancelled == 2
    assert all(hold.state == "released" for hold in world.last.holds)


async def test_cancelled_while_the_customer_is_asked_it_does_not_wait_for_stock(client: Client, world: World) -> None:
    world.stock["MUG"] = 0
    world.remedies = does(RemedyKind.ASK_CUSTOMER, silence=RemedyKind.BACKORDER)
    handle = await start(client, an_order(mug=2))
    await world.until_held("customer_request")

    await handle.signal("cancel", WISH)

    assert await world.end(handle) == Headline.CANCELLED
    assert world.backorders == {}
    assert NoticeKind.ORDER_BACKORDERED not in {notice.kind for notice in world.notices}


async def test_a_deed_that_is_noted_while_another_is_undone_is_undone_too() -> None:
    undone: list[str] = []
    undoing = Undoing(Standing(an_order(), lambda: datetime.now(UTC)))

    async def second() -> str:
        undone.append("second")
        return "undone"

    async def first() -> str:
        undoing.note("the second", second)
        undone.append("first")
        return "undone"

    undoing.note("the first", first)
    await undoing.run()

    assert undone == ["first", "second"]


async def test_a_cancelled_prepaid_order_has_the_channel_give_the_money_back(client: Client, world: World) -> None:
    order = an_order(terms=PaymentTerms.PREPAID, channel="amazon")
    world.ships = False
    handle = await start(client, order)
    await world.until(lambda: bool(world.released))
    await handle.signal("cancel", WISH)

    assert await world.end(handle) == Headline.CANCELLED
    assert world.last.money.refunded == order.total
    notice = next(notice for notice in world.notices if notice.kind is NoticeKind.ORDER_CANCELLED)
    assert notice.refund_due == order.total


async def test_cancelled_while_on_hold_it_ends_at_once(client: Client, world: World) -> None:
    handle = await start(client, an_order(changes={"channel_risk": ChannelRisk.HIGH}))
    await world.until_held("fraud")

    await handle.execute_update("cancel", WISH)

    assert await world.end(handle) == Headline.REJECTED


async def reject(handle: WorkflowHandle[Any, Any], hold: str) -> None:
    decision = HoldDecision(hold=hold, verdict=Verdict.REJECT, reason="give up", actor="anna")
    await handle.execute_update("decide", decision)
