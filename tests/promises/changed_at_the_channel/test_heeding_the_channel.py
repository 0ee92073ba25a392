"""What is cancelled or given back at the channel happens here too, or is in somebody's queue with the reason."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from temporalio.client import Client

from models.messages import Cancellation
from models.money import Money
from models.order.order import Order
from models.order.payment_terms import PaymentTerms
from models.order.snapshot import Headline
from models.partners.events import CancelledLine, ChangedAtChannel
from models.partners.notices import Audience, NoticeKind
from models.states.changing import ChangeState
from models.states.fulfilment import ShipmentState
from tests.promises.changing.wishes import Handle, line, settled, wish
from tests.promises.orders.orders import an_order, euro
from tests.promises.orders.world import moved, shipped, start
from tests.promises.telling_channels.shop import ConnectedWorld

_NUMBERS = count(1)


async def begun(client: Client, world: ConnectedWorld, order: Order) -> Handle:
    """An order whose warehouse has it and does not send it yet."""
    world.ships = False
    handle: Handle = await start(client, order)
    await world.until(lambda: bool(world.released))
    return handle


async def says(
    world: ConnectedWorld, order: Order, *, whole: bool = False, refunded: int = 0, **cancelled: int
) -> None:
    """The channel's word, as intake hands it on: `line1=2` is two of line 1 cancelled in all."""
    event = ChangedAtChannel(
        event_id=f"channel/{next(_NUMBERS)}",
        order_id=order.id,
        occurred_at=datetime.now(UTC),
        whole=whole,
        lines=tuple(
            CancelledLine(line_id=name.removeprefix("line"), quantity=quantity) for name, quantity in cancelled.items()
        ),
        refunded=euro(refunded) if refunded else None,
    )
    await world.tell(event)


async def deliver(world: ConnectedWorld, number: int = -1) -> None:
    await world.tell(shipped(world.released[number]))
    await world.tell(moved(world.released[number], ShipmentState.DELIVERED))


async def test_an_order_cancelled_there_is_cancelled_here_and_the_channel_is_not_told_what_it_said(
    client: Client, world: ConnectedWorld
) -> None:
    order = an_order(terms=PaymentTerms.PREPAID)
    handle = await begun(client, world, order)

    await says(world, order, whole=True, refunded=order.total.amount)

    assert await world.end(handle) == Headline.CANCELLED
    assert "recall" in {verb for verb, _ in world.journal}
    assert (world.cancelled, world.given_back) == ([], [])
    assert world.last.money.refunded == order.total


async def test_what_the_channel_did_not_give_back_with_its_cancellation_is_due(
    client: Client, world: ConnectedWorld
) -> None:
    order = an_order(terms=PaymentTerms.PREPAID)
    handle = await begun(client, world, order)

    await says(world, order, whole=True, refunded=490)

    assert await world.end(handle) == Headline.CANCELLED
    assert world.given_back == [(order.total.amount - 490, True)]


async def test_an_order_that_is_held_before_it_was_released_is_cancelled_too(
    client: Client, world: ConnectedWorld
) -> None:
    world.unknown.add("MUG")
    order = an_order()
    handle = await start(client, order)
    await world.until_held("data_quality")

    await says(world, order, whole=True)

    assert await world.end(handle) == Headline.REJECTED


async def test_a_quantity_cancelled_there_is_a_change_here_and_the_rest_leaves(
    client: Client, world: ConnectedWorld
) -> None:
    order = an_order(mug=3, lamp=1, terms=PaymentTerms.PREPAID)
    handle = await begun(client, world, order)

    await says(world, order, line1=2, refunded=2 * 1190)
    assert (await settled(world)).state is ChangeState.CONFIRMED
    await world.until(lambda: len(world.released) == 2)
    await deliver(world)

    assert await world.end(handle) == Headline.COMPLETED
    assert (line(world).cancelled, line(world).shipped) == (2, 1)
    # It has given the money back itself: nothing is due, and nobody owes anything.
    assert (world.cancelled, world.given_back) == ([], [])
    assert world.last.money.owed == euro(0)
    assert NoticeKind.ORDER_CHANGED in world.noticed(Audience.CUSTOMER)
    assert world.noticed(Audience.CHANNEL) == []


async def test_two_lines_cancelled_there_are_two_changes_one_after_the_other(
    client: Client, world: ConnectedWorld
) -> None:
    order = an_order(mug=3, lamp=2)
    handle = await begun(client, world, order)

    await says(world, order, line1=1, line2=1)
    await settled(world, "change-2")
    await world.until(lambda: sum(one.quantity for one in world.released[-1].lines) == 3)
    await deliver(world)

    assert await world.end(handle) == Headline.COMPLETED
    assert [each.cancelled for each in world.last.lines] == [1, 1]


async def test_the_same_word_again_and_our_own_echo_change_nothing(client: Client, world: ConnectedWorld) -> None:
    order = an_order(mug=3, lamp=1, terms=PaymentTerms.PREPAID)
    handle = await begun(client, world, order)
    await says(world, order, line1=1, refunded=1190)
    await settled(world)
    for _ in range(2):
        await says(world, order, line1=1, refunded=1190)
    await world.until(lambda: len(world.released) == 2)
    await deliver(world)

    assert await world.end(handle) == Headline.COMPLETED
    assert line(world).cancelled == 1
    assert world.last.money.refunded == euro(1190)
    assert world.last.holds == ()


async def test_a_cancellation_that_comes_too_late_is_in_services_queue_and_the_channel_hears_of_it(
    client: Client, world: ConnectedWorld
) -> None:
    order = an_order()
    handle = await begun(client, world, order)
    await world.tell(shipped(world.released[0]))
    await world.until(lambda: bool(world.last.shipments))

    await says(world, order, whole=True)
    await world.until_held("customer_request")
    (hold,) = [hold for hold in world.last.holds if hold.state == "open"]
    assert (hold.owner, hold.reason) == ("service", "it was cancelled at shopify, but some of it has left")
    await world.until(lambda: NoticeKind.NOT_DONE in world.noticed(Audience.CHANNEL))
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))
    await handle.signal("approve", {"reason": "she sends it back", "actor": "anna"})

    assert await world.end(handle) == Headline.COMPLETED


async def test_what_has_left_of_a_quantity_is_too_late_and_says_so(client: Client, world: ConnectedWorld) -> None:
    order = an_order(mug=2, lamp=1)
    handle = await begun(client, world, order)
    await world.tell(shipped(world.released[0]))
    await world.until(lambda: bool(world.last.shipments))

    await says(world, order, line1=1)
    await world.until_held("customer_request")
    assert "1 of line 1 were cancelled at shopify" in world.last.holds[-1].reason
    await handle.signal("approve", {"reason": "settled", "actor": "anna"})
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))

    assert await world.end(handle) == Headline.COMPLETED


async def test_money_the_channel_gave_back_that_we_hold_is_finances_to_settle(
    client: Client, world: ConnectedWorld
) -> None:
    order = an_order()
    handle = await begun(client, world, order)

    await says(world, order, refunded=500)
    await world.until_held("refund")
    (hold,) = [hold for hold in world.last.holds if hold.state == "open"]
    assert hold.owner == "finance"
    assert str(euro(500)) in hold.reason
    await handle.signal("approve", {"reason": "taken off the next payout", "actor": "finn"})
    await deliver(world)

    assert await world.end(handle) == Headline.COMPLETED
    assert world.last.money.refunded == Money.zero("EUR")


async def test_a_wish_of_ours_and_the_channels_cancellation_meet_in_one_cancelled_order(
    client: Client, world: ConnectedWorld
) -> None:
    order = an_order(terms=PaymentTerms.PREPAID)
    handle = await begun(client, world, order)

    await says(world, order, whole=True)
    wish: Any = Cancellation(reason="also wanted here", actor="anna")
    await handle.signal("cancel", wish)

    assert await world.end(handle) == Headline.CANCELLED
    assert len(world.given_back) == 1


async def test_what_is_cancelled_there_while_another_change_is_under_way_waits_for_its_end(
    client: Client, world: ConnectedWorld
) -> None:
    order = an_order(mug=3, lamp=2)
    handle = await begun(client, world, order)

    async def meanwhile(verb: str) -> None:
        if verb == "recall":
            world.at_effect = None
            await says(world, order, line1=1)

    world.at_effect = meanwhile
    await wish(handle, "cancel_quantity", line_id="2", quantity=1)
    await settled(world, "change-2")
    await world.until(lambda: sum(one.quantity for one in world.released[-1].lines) == 3)
    await deliver(world)

    assert await world.end(handle) == Headline.COMPLETED
    assert [each.cancelled for each in world.last.lines] == [1, 1]
    assert world.last.holds == ()
