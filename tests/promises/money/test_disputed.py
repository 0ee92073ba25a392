"""A disputed payment is finance's, on the order itself, and keeps it from ending before finance has answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from temporalio.client import Client

from models.messages import Verdict
from models.order.headline import Headline
from models.partners.events import DisputeState, PaymentDisputed
from models.states.fulfilment import ShipmentState
from tests.promises.money.counting_house import MoneyWorld
from tests.promises.money.test_stories_of_money import answer
from tests.promises.orders.orders import an_order, euro
from tests.promises.orders.world import moved, shipped, start

_BEGAN = datetime.now(UTC)


def disputed(order_id: str, state: DisputeState, minutes: int = 0) -> PaymentDisputed:
    return PaymentDisputed(
        event_id=f"evt_{state}",
        order_id=order_id,
        occurred_at=_BEGAN + timedelta(minutes=minutes),
        dispute="dp_1",
        authorisation="pi_1",
        amount=euro(1500),
        reason="product_not_received",
        state=state,
        answer_by=_BEGAN + timedelta(days=8),
    )


async def sent(client: Client, world: MoneyWorld, quantity: int, of: int):
    """An order of which so many have left."""
    world.ships = False
    order = an_order(mug=of)
    handle = await start(client, order)
    await world.until(lambda: bool(world.released))
    await world.tell(shipped(world.released[0], quantity=quantity))
    await world.until(lambda: bool(world.captures))
    return order, handle


async def test_finance_sees_amount_and_reason_and_the_order_waits_for_it(client: Client, world: MoneyWorld) -> None:
    order, handle = await sent(client, world, 1, of=1)

    await world.tell(disputed(order.id, DisputeState.OPENED))
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))
    await world.until_held("dispute")
    hold = world.last.holds[-1]
    assert hold.owner == "finance"
    assert "15.00 EUR is disputed: product not received" in hold.reason
    await answer(handle, "dispute-1")

    assert await world.end(handle) == Headline.COMPLETED


async def test_a_dispute_that_is_won_needs_nobody(client: Client, world: MoneyWorld) -> None:
    order, handle = await sent(client, world, 1, of=1)

    await world.tell(disputed(order.id, DisputeState.OPENED))
    await world.until_held("dispute")
    await world.tell(disputed(order.id, DisputeState.WON, 5))
    await world.until_held()
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))

    assert await world.end(handle) == Headline.COMPLETED


async def test_what_is_lost_is_told_again_and_words_out_of_order_change_nothing(
    client: Client, world: MoneyWorld
) -> None:
    order, handle = await sent(client, world, 1, of=1)

    await world.tell(disputed(order.id, DisputeState.LOST, 5))
    await world.tell(disputed(order.id, DisputeState.OPENED))
    await world.until_held("dispute")
    assert "lost" in world.last.holds[-1].reason
    await answer(handle, "dispute-1")
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))

    assert await world.end(handle) == Headline.COMPLETED
    assert len([hold for hold in world.last.holds if hold.kind == "dispute"]) == 1


async def test_finance_may_have_nothing_more_sent(client: Client, world: MoneyWorld) -> None:
    order, handle = await sent(client, world, 1, of=3)

    await world.tell(disputed(order.id, DisputeState.OPENED))
    await world.until_held("dispute")
    await answer(handle, "dispute-1", Verdict.REJECT)
    await world.until(lambda: bool(world.done("recall")))
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))

    assert await world.end(handle) == Headline.COMPLETED
    assert world.money["captured"] < order.total.amount


async def test_the_same_word_again_is_no_news(client: Client, world: MoneyWorld) -> None:
    order, handle = await sent(client, world, 1, of=1)
    opened = disputed(order.id, DisputeState.OPENED)

    await world.tell(opened)
    await world.until_held("dispute")
    await world.tell(opened.model_copy(update={"event_id": "evt_again", "occurred_at": _BEGAN + timedelta(minutes=5)}))
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))
    await world.until(lambda: any("delivered" in text for text in world.story))
    await answer(handle, "dispute-1")

    assert await world.end(handle) == Headline.COMPLETED
    assert [hold.id for hold in world.last.holds if hold.kind == "dispute"] == ["dispute-1"]
    assert sum(text.startswith("dispute dp_1") for text in world.story) == 1


async def test_where_all_has_left_there_is_nothing_to_stop(client: Client, world: MoneyWorld) -> None:
    order, handle = await sent(client, world, 1, of=1)

    await world.tell(disputed(order.id, DisputeState.OPENED))
    await world.until_held("dispute")
    await answer(handle, "dispute-1", Verdict.REJECT)
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))

    assert await world.end(handle) == Headline.COMPLETED
    assert not any("cancel" in text for text in world.story)
    assert world.money["captured"] == order.total.amount
