"""The channel's word that comes when an order is as good as done: nothing is undone, and somebody has it, with the reason."""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.client import Client

from models.errors import Refused
from models.order.order import Order
from models.order.snapshot import Headline
from models.partners.notices import Audience, NoticeKind
from models.states.hold import HoldState
from tests.promises.changed_at_the_channel.test_heeding_the_channel import begun, deliver, says
from tests.promises.changing.wishes import Handle, line
from tests.promises.orders.orders import an_order, euro
from tests.promises.telling_channels.shop import ConnectedWorld

WORD = {"reason": "settled", "actor": "anna"}


async def as_good_as_done(client: Client, world: ConnectedWorld, order: Order) -> Handle:
    """All of it has arrived, and only finance has still to say what becomes of the money."""
    world.faults["capture"] = [Refused("payment", "the card was declined", code="card_declined")]
    handle = await begun(client, world, order)
    await deliver(world)
    await world.until_held("payment")
    await handle.signal("reject", WORD)
    await world.until(lambda: any("is still owed" in hold.reason for hold in world.last.holds))
    return handle


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"whole": True}, "it was cancelled at shopify, but some of it has left"),
        ({"line1": 1}, "1 of line 1 were cancelled at shopify: it has left"),
    ],
    ids=["the whole order", "one of a line"],
)
async def test_a_cancellation_then_is_services_and_finance_keeps_its_own(
    client: Client, world: ConnectedWorld, said: dict[str, Any], reason: str
) -> None:
    order = an_order(mug=2, lamp=1)
    handle = await as_good_as_done(client, world, order)

    await says(world, order, **said)
    await world.until_held("customer_request", "payment")
    holds = {hold.kind.value: hold for hold in world.last.holds if hold.state is HoldState.OPEN}
    assert (holds["customer_request"].owner, holds["customer_request"].reason) == ("service", reason)
    await world.until(lambda: NoticeKind.NOT_DONE in world.noticed(Audience.CHANNEL))
    await handle.signal("approve", {"hold": holds["customer_request"].id, **WORD})
    await handle.signal("approve", {"hold": holds["payment"].id, **WORD})

    assert await world.end(handle) == Headline.COMPLETED
    assert (line(world).cancelled, line(world).shipped) == (0, 2)
    assert world.money["captured"] == order.total.amount
    assert "recall" not in {verb for verb, _ in world.journal}


async def test_money_given_back_there_then_is_finances_and_the_channel_hears_that_it_is_not_done(
    client: Client, world: ConnectedWorld
) -> None:
    order = an_order(mug=2)
    handle = await as_good_as_done(client, world, order)

    await says(world, order, refunded=500)
    await world.until_held("payment", "refund")
    (hold,) = [hold for hold in world.last.holds if hold.kind == "refund"]
    assert (hold.owner, hold.reason) == (
        "finance",
        f"shopify gave {euro(500)} back, which it does not hold: it is ours to settle",
    )
    await handle.signal("reject", {"hold": hold.id, **WORD})
    await world.until(lambda: NoticeKind.NOT_DONE in world.noticed(Audience.CHANNEL))
    (owed,) = [hold for hold in world.last.holds if hold.state is HoldState.OPEN]
    await handle.signal("approve", {"hold": owed.id, **WORD})

    assert await world.end(handle) == Headline.COMPLETED
    assert world.last.money.refunded == euro(0)


async def test_the_last_of_it_that_is_cancelled_line_by_line_cancels_the_order(
    client: Client, world: ConnectedWorld
) -> None:
    order = an_order(mug=2)
    handle = await begun(client, world, order)

    await says(world, order, line1=2)

    assert await world.end(handle) == Headline.CANCELLED
    assert "recall" in {verb for verb, _ in world.journal}
    assert world.last.holds == ()


async def test_what_the_warehouse_will_not_give_back_is_sent_and_the_channel_hears_of_it(
    client: Client, world: ConnectedWorld
) -> None:
    world.recalls = False
    order = an_order(mug=2, lamp=1)
    handle = await begun(client, world, order)

    await says(world, order, line1=1)
    await world.until_held("customer_request")
    (hold,) = [hold for hold in world.last.holds if hold.state is HoldState.OPEN]
    assert hold.reason.startswith("1 of line 1 were cancelled at shopify: ")
    await world.until(lambda: NoticeKind.NOT_DONE in world.noticed(Audience.CHANNEL))
    await handle.signal("approve", WORD)
    await deliver(world)

    assert await world.end(handle) == Headline.COMPLETED
    assert (line(world).cancelled, line(world).shipped) == (0, 2)
