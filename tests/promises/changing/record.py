"""Records one history a story of changes (tests/recorded/recording.py): ``python -m tests.promises.changing.record``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from temporalio.client import Client

from models.errors import Refused, Unavailable
from tests.promises.changing.wishes import ADDRESS, send, settled, wish
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import World, ports, start
from tests.recorded.recording import Handle, record
from workers.assembly import Workers

FOLDER = Path(__file__).parent / "histories"
Route = Callable[[Client, World], Awaitable[Handle]]


async def fewer_and_then_more(client: Client, world: World) -> Handle:
    handle = await start(client, an_order(mug=5, lamp=1))
    await world.until(lambda: len(world.released) == 1)
    await wish(handle, "quantity", line_id="1", quantity=2)
    await world.until(lambda: len(world.released) == 2)
    await wish(handle, "quantity", line_id="2", quantity=3)
    await world.until(lambda: len(world.released) == 3)
    await send(world, world.released[1])
    await send(world, world.released[2], "P2")
    return handle


async def another_address(client: Client, world: World) -> Handle:
    handle = await start(client, an_order(mug=2))
    await world.until(lambda: len(world.released) == 1)
    await wish(handle, "shipping_address", address=ADDRESS)
    await world.until(lambda: len(world.released) == 2)
    await send(world, world.released[1])
    return handle


async def declined_and_undone(client: Client, world: World) -> Handle:
    handle = await start(client, an_order(mug=3))
    await world.until(lambda: len(world.released) == 1)
    world.faults["change_order"] = [Unavailable("erp", "down"), Refused("erp", "the period is closed", code="closed")]
    await wish(handle, "cancel_quantity", line_id="1", quantity=2)
    await settled(world)
    await world.until(lambda: len(world.released) == 2)
    await send(world, world.released[1])
    return handle


ROUTES: list[Route] = [fewer_and_then_more, another_address, declined_and_undone]


async def play(client: Client, route: Route) -> Handle:
    world = World(client=client, ships=False)
    async with Workers(client, **ports(world)).running():
        handle = await route(client, world)
        await world.end(handle)
    return handle


if __name__ == "__main__":
    asyncio.run(record(FOLDER, ROUTES, play, sys.argv[1:]))
