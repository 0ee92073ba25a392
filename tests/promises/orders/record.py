"""Records one history a route of orders (tests/recorded/recording.py): ``python -m tests.promises.orders.record``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from models.errors import Conflict, Refused, Unavailable
from models.order.document import ChannelRisk, FulfilledBy, FulfilmentRequest
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind
from models.order.snapshot import Headline
from models.states.fulfilment import ShipmentState
from models.stock.demand import Need
from models.stock.reservation import RemedyKind
from tests.promises.orders.orders import an_order, euro
from tests.promises.orders.test_short_of_stock import does, fill, waiting
from tests.promises.orders.test_stories import short
from tests.promises.orders.world import World, moved, ports, shipped, start
from tests.recorded.recording import Handle, record
from workers.assembly import Workers

FOLDER = Path(__file__).parent / "histories"
Route = Callable[[Client, World], Awaitable[Handle]]
WORD = {"reason": "looked into it", "actor": "anna"}


async def card(client: Client, _world: World) -> Handle:
    return await start(client, an_order(mug=2))


async def prepaid(client: Client, _world: World) -> Handle:
    return await start(client, an_order(terms=PaymentTerms.PREPAID, channel="amazon"))


async def account(client: Client, _world: World) -> Handle:
    return await start(client, an_order(terms=PaymentTerms.ACCOUNT, channel="b2b"))


async def cash_on_delivery(client: Client, _world: World) -> Handle:
    return await start(client, an_order(terms=PaymentTerms.CASH_ON_DELIVERY))


async def service(client: Client, _world: World) -> Handle:
    return await start(client, an_order(warranty=1, shipping=0))


async def channel_fulfilled(client: Client, _world: World) -> Handle:
    request = FulfilmentRequest(fulfilled_by=FulfilledBy.CHANNEL)
    return await start(client, an_order(terms=PaymentTerms.PREPAID, channel="amazon", changes={"fulfilment": request}))


async def held_and_approved(client: Client, world: World) -> Handle:
    handle = await start(client, an_order(kit=1, changes={"channel_risk": ChannelRisk.HIGH}))
    await world.until_held("compliance", "fraud")
    await handle.signal("approve", {"hold": "fraud-1", **WORD})
    await handle.signal("approve", {"hold": "compliance-1", **WORD})
    return handle


async def held_and_rejected(client: Client, world: World) -> Handle:
    handle = await start(client, an_order(changes={"channel_risk": ChannelRisk.HIGH}))
    await world.until_held("fraud")
    await handle.signal("reject", WORD)
    return handle


async def declined_card(client: Client, world: World) -> Handle:
    world.faults["authorise"] = [Refused("payment", "the card was declined", code="card_declined")]
    handle = await start(client, an_order())
    await world.until_held("payment")
    await handle.signal("approve", WORD)
    return handle


async def partner_down(client: Client, world: World) -> Handle:
    world.faults["create_order"] = [Unavailable("erp", "down"), Unavailable("erp", "down")]
    return await start(client, an_order())


async def two_parcels(client: Client, world: World) -> Handle:
    world.ships = False
    handle = await start(client, an_order(mug=3))
    await world.until(lambda: bool(world.released))
    await world.tell(shipped(world.released[0], quantity=1, shipment="P1"))
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)
    await world.tell(shipped(world.released[0], quantity=2, shipment="P2"))
    delivered = moved(world.released[0], ShipmentState.DELIVERED)
    await world.until(lambda: world.last.headline is Headline.SHIPPED)
    await world.tell(delivered)
    await world.tell(delivered.model_copy(update={"event_id": "again"}))
    return handle


async def short_pick(client: Client, world: World) -> Handle:
    world.ships = False
    handle = await start(client, an_order(mug=3))
    await world.until(lambda: bool(world.released))
    await world.tell(short(world.released[0], 1))
    await world.until_held("inventory")
    await handle.signal("reject", WORD)
    await world.tell(shipped(world.released[0], quantity=2))
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))
    return handle


async def cancelled_after_release(client: Client, world: World) -> Handle:
    world.ships = False
    handle = await start(client, an_order())
    await world.until(lambda: bool(world.released))
    await handle.signal("cancel", WORD)
    return handle


async def made_firm(client: Client, _world: World) -> Handle:
    return await start(client, an_order(mug=2))


async def backordered(client: Client, world: World) -> Handle:
    world.stock["MUG"] = 0
    world.remedies = does(RemedyKind.BACKORDER)
    handle = await start(client, an_order(mug=2))
    await fill(world, await waiting(world), mug=2)
    return handle


async def sent_in_parts(client: Client, world: World) -> Handle:
    world.stock |= {"MUG": 0, "LAMP": 1}
    world.remedies = does(RemedyKind.BACKORDER)
    handle = await start(client, an_order(mug=2, lamp=1))
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)
    await fill(world, next(iter(world.backorders)), mug=2)
    return handle


async def substituted(client: Client, world: World) -> Handle:
    world.stock["MUG"] = 0
    instead = (Need(line_id="1", sku="LAMP", quantity=2),)
    world.remedies = does(RemedyKind.SUBSTITUTE, needs_approval=True, substitutes=instead)
    handle = await start(client, an_order(mug=2))
    await world.until_held("inventory")
    await handle.signal("approve", WORD)
    return handle


async def moved_for_collection(client: Client, world: World) -> Handle:
    world.stock["MUG"] = 0
    world.remedies = does(RemedyKind.TRANSFER, from_node="rotterdam", to_node="berlin")
    handle = await start(client, an_order(mug=2))
    await fill(world, await waiting(world), mug=2)
    return handle


async def kept_while_thinking(client: Client, world: World) -> Handle:
    return await declined_card(client, world)


async def freed_after_a_short_pick(client: Client, world: World) -> Handle:
    return await short_pick(client, world)


async def split_tender(client: Client, _world: World) -> Handle:
    order = an_order(mug=2)
    tenders = (
        Tender(kind=TenderKind.CARD, amount=order.total - euro(1500), token="tok_visa"),
        Tender(kind=TenderKind.GIFT_CARD, amount=euro(1500), token="tok_gift"),
    )
    payment = Payment(terms=PaymentTerms.CAPTURE_ON_SHIPMENT, tenders=tenders)
    return await start(client, order.model_copy(update={"payment": payment}))


async def left_owing(client: Client, world: World) -> Handle:
    world.faults["capture"] = [Refused("payment", "the card was declined", code="card_declined")]
    handle = await start(client, an_order(mug=2))
    await world.until_held("payment")
    await handle.signal("reject", WORD)
    await world.until(lambda: any("is still owed" in hold.reason for hold in world.last.holds))
    await handle.signal("approve", WORD)
    return handle


async def lost_while_others_are_to_leave(client: Client, world: World) -> Handle:
    world.ships = False
    handle = await start(client, an_order(mug=3))
    await world.until(lambda: bool(world.released))
    release = world.released[0]
    lost = {"tracking_number": "LOST-1"}
    await world.tell(shipped(release, quantity=1, shipment="P1").model_copy(update=lost))
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)
    await world.tell(moved(release, ShipmentState.LOST).model_copy(update=lost))
    with suppress(AssertionError):
        # An order that began before "whole-life" asks nobody.
        await world.until_held("other")
        await handle.signal("approve", WORD)
    await world.tell(shipped(release, quantity=2, shipment="P2"))
    await world.until(lambda: world.last.headline is Headline.SHIPPED)
    await world.tell(moved(release, ShipmentState.DELIVERED))
    return handle


async def parked_and_cancelled(client: Client, world: World) -> Handle:
    world.faults["create_order"] = [Unavailable("erp", "down", retry_after_s=3600)]
    handle = await start(client, an_order())
    await world.until_held("partner_unavailable")
    await handle.signal("cancel", WORD)
    return handle


async def second_hold_rejected_first(client: Client, world: World) -> Handle:
    handle = await start(client, an_order(kit=1, changes={"channel_risk": ChannelRisk.HIGH}))
    await world.until_held("compliance", "fraud")
    first, second = (hold.id for hold in world.last.holds)
    await handle.signal("reject", {"hold": second, **WORD})
    await world.until(lambda: any(hold.state == "rejected" for hold in world.last.holds))
    with suppress(RPCError):
        # An order that began before "second-look" waits for the other answer as well.
        await handle.signal("approve", {"hold": first, **WORD})
    return handle


async def cancelled_while_the_customer_is_asked(client: Client, world: World) -> Handle:
    world.stock["MUG"] = 0
    world.remedies = does(RemedyKind.ASK_CUSTOMER, silence=RemedyKind.BACKORDER)
    handle = await start(client, an_order(mug=2))
    await world.until_held("customer_request")
    await handle.signal("cancel", WORD)
    return handle


async def cancelled_twice(client: Client, world: World) -> Handle:
    world.ships = False
    world.own_refusals["release"] = [Conflict("key_reused", "the key was used for something else")]
    handle = await start(client, an_order())
    await world.until(lambda: bool(world.released))
    await handle.signal("cancel", WORD)
    await world.until_held("other")
    await handle.signal("cancel", WORD)
    with suppress(RPCError):
        # Before "second-look" the second wish took the question away.
        await handle.signal("approve", WORD)
    return handle


ROUTES: list[Route] = [
    card,
    prepaid,
    account,
    cash_on_delivery,
    service,
    channel_fulfilled,
    held_and_approved,
    held_and_rejected,
    declined_card,
    partner_down,
    two_parcels,
    short_pick,
    cancelled_after_release,
    made_firm,
    backordered,
    sent_in_parts,
    substituted,
    moved_for_collection,
    kept_while_thinking,
    freed_after_a_short_pick,
    split_tender,
    left_owing,
    lost_while_others_are_to_leave,
    parked_and_cancelled,
    second_hold_rejected_first,
    cancelled_while_the_customer_is_asked,
    cancelled_twice,
]


async def play(client: Client, route: Route) -> Handle:
    world = World(client=client)
    async with Workers(client, **ports(world)).running():
        handle = await route(client, world)
        await world.end(handle)
    return handle


if __name__ == "__main__":
    asyncio.run(record(FOLDER, ROUTES, play, sys.argv[1:]))
