"""Records one history a story of a connected channel (tests/recorded/recording.py): ``python -m tests.promises.telling_channels.record``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import Client

from models.order.payment_terms import PaymentTerms
from models.partners.events import CancelledLine, ChangedAtChannel
from tests.promises.changing.wishes import send, settled
from tests.promises.orders.orders import an_order, euro
from tests.promises.orders.world import shipped, start
from tests.promises.telling_channels.shop import ConnectedWorld, connected
from tests.recorded.recording import Handle, record
from workers.assembly import Workers

FOLDER = Path(__file__).parent / "histories"
Route = Callable[[Client, ConnectedWorld], Awaitable[Handle]]


async def told_of_a_parcel(client: Client, world: ConnectedWorld) -> Handle:
    handle: Handle = await start(client, an_order(mug=2, lamp=1))
    await world.until(lambda: bool(world.released))
    await send(world, world.released[0])
    return handle


async def told_that_it_is_cancelled(client: Client, world: ConnectedWorld) -> Handle:
    handle: Handle = await start(client, an_order(terms=PaymentTerms.PREPAID))
    await world.until(lambda: bool(world.released))
    await handle.signal("cancel", {"reason": "sold out", "actor": "anna"})
    return handle


async def changed_at_the_channel(client: Client, world: ConnectedWorld) -> Handle:
    order = an_order(mug=3, lamp=1, terms=PaymentTerms.PREPAID)
    handle: Handle = await start(client, order)
    await world.until(lambda: bool(world.released))
    lines = (CancelledLine(line_id="1", quantity=1),)
    await world.tell(
        ChangedAtChannel(
            event_id="channel/1",
            order_id=order.id,
            occurred_at=datetime.now(UTC),
            lines=lines,
            refunded=euro(1190),
        )
    )
    await settled(world)
    await world.until(lambda: len(world.released) == 2)
    await send(world, world.released[1])
    return handle


async def cancelled_there_too_late(client: Client, world: ConnectedWorld) -> Handle:
    order = an_order()
    handle: Handle = await start(client, order)
    await world.until(lambda: bool(world.released))
    await world.tell(shipped(world.released[0]))
    await world.until(lambda: bool(world.last.shipments))
    await world.tell(
        ChangedAtChannel(event_id="channel/1", order_id=order.id, occurred_at=datetime.now(UTC), whole=True)
    )
    await world.until_held("customer_request")
    await handle.signal("approve", {"reason": "she sends it back", "actor": "anna"})
    await send(world, world.released[0])
    return handle


ROUTES: list[Route] = [told_of_a_parcel, told_that_it_is_cancelled, changed_at_the_channel, cancelled_there_too_late]


async def play(client: Client, route: Route) -> Handle:
    world = ConnectedWorld(client=client, ships=False)
    async with Workers(client, **connected(world)).running():
        handle = await route(client, world)
        await world.end(handle)
    return handle


if __name__ == "__main__":
    asyncio.run(record(FOLDER, ROUTES, play, sys.argv[1:]))
