"""Records one history a story of changes, for the replay test: ``python -m tests.promises.changing.record``.

As with orders (tests/promises/orders/record.py): a recorded history is a promise to the orders that were running then.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from temporalio.client import Client

from models.errors import Refused, Unavailable
from tests.promises.changing.wishes import ADDRESS, Handle, send, settled, wish
from tests.promises.orders.conftest import local_server
from tests.promises.orders.orders import an_order
from tests.promises.orders.record import anywhere
from tests.promises.orders.world import World, ports, start
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


async def main(names: list[str]) -> None:
    """Record the routes that are named, or those that have no history yet."""
    FOLDER.mkdir(exist_ok=True)
    async with await local_server() as server:
        for route in ROUTES:
            path = FOLDER / f"{route.__name__}.json"
            if route.__name__ not in names and path.exists():
                continue
            world = World(client=server.client, ships=False)
            async with Workers(server.client, **ports(world)).running():
                handle = await route(server.client, world)
                await world.end(handle)
                history = await handle.fetch_history()
            await asyncio.to_thread(path.write_text, anywhere(history.to_json()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
