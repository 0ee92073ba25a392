"""Records, for each guard of a patch, a history that walks through it: ``python -m tests.promises.replaying_guards.record``.

Each was recorded with the code of before its patch, which took the other way; the routes are those of then, and orders
of today end on them too.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowFailureError

from models.errors import Unavailable
from models.order.document import ChannelRisk
from models.order.snapshot import Headline
from models.partners.events import ReleaseRejected
from models.partners.warehouse import Release
from models.states.fulfilment import ShipmentState
from models.stock.demand import Need
from models.stock.reservation import Allocation, RemedyKind
from tests.promises.orders.orders import an_order
from tests.promises.orders.shelf import FakeStock
from tests.promises.orders.test_short_of_stock import does, fill, waiting
from tests.promises.orders.world import World, moved, ports, shipped, start
from tests.recorded.recording import Handle, record
from workers.assembly import Workers

FOLDER = Path(__file__).parent / "histories"
Route = Callable[[Client, World], Awaitable[Handle]]
WORD = {"reason": "looked into it", "actor": "anna"}


class TwoLots(FakeStock):
    """A shelf on which the last of several lies in a lot of its own."""

    def _allocations(self, key: str) -> tuple[Allocation, ...]:
        whole = super()._allocations(key)
        rest = [one.model_copy(update={"quantity": one.quantity - 1, "lot": "A"}) for one in whole if one.quantity > 1]
        return (*rest, *(one.model_copy(update={"quantity": 1, "lot": "B"}) for one in whole))


class Together(FakeStock):
    """A shelf that gives nothing of an order before it has all of it."""

    async def reserve(self, request: Any) -> Any:
        answer = await super().reserve(request)
        if answer.remedies:
            self._give_back(request.key)
        return answer.model_copy(update={} if answer.granted else {"allocations": ()})


async def rejected_and_sent_again(client: Client, world: World) -> Handle:
    """Before "whole-life" nobody gave back what was reserved for a release that was turned down."""
    handle = await start(client, an_order(mug=2))
    await _turn_down(world)
    await handle.signal("approve", WORD)
    await world.until(lambda: len(world.released) == 2)
    await _send(world, world.released[1])
    return handle


async def substituted_after_a_rejection(client: Client, world: World) -> Handle:
    """Before "whole-life" something else went, though a warehouse had had the line."""
    handle = await start(client, an_order(mug=2))
    await _turn_down(world)
    world.stock["MUG"] = 0
    instead = (Need(line_id="1", sku="LAMP", quantity=2),)
    world.remedies = does(RemedyKind.SUBSTITUTE, substitutes=instead)
    await handle.signal("approve", WORD)
    await world.until(lambda: len(world.released) == 2 or _open(world) == ["inventory-2"])
    if len(world.released) == 1:
        world.stock["MUG"] = 2
        await handle.signal("approve", WORD)
    await world.until(lambda: len(world.released) == 2)
    await _send(world, world.released[1])
    return handle


async def short_and_going_together(client: Client, world: World) -> Handle:
    """Before "whole-life" the lines that were there were forgotten: only the one that had been short was sent."""
    world.stock["LAMP"] = 0
    world.remedies = does(RemedyKind.BACKORDER)
    handle = await start(client, an_order(mug=2, lamp=1))
    await fill(world, await waiting(world), lamp=1)
    await world.until(lambda: bool(world.released))
    with suppress(AssertionError):
        await world.until(lambda: len(world.released) == 2)
    for number, release in enumerate(world.released):
        await _send(world, release, f"P{number}")
    if len(world.released) == 1:
        await world.until(lambda: bool(world.last.shipments))
        await handle.terminate("it waits for what nobody has")
    return handle


async def recalled_from_two_lots(client: Client, world: World) -> Handle:
    """Before "whole-life" an order waited on for what no warehouse had any more."""
    handle = await start(client, an_order(mug=3, lamp=1))
    await world.until(lambda: bool(world.released))
    release = world.released[0]
    lamp = release.model_copy(update={"lines": tuple(line for line in release.lines if line.sku == "LAMP")})
    await world.tell(shipped(lamp))
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)
    await handle.signal("cancel", WORD)
    await world.until(lambda: _told(world, "what was not sent yet is cancelled") == 1)
    stuck = world.last.lines[0].cancelled < 3
    await world.tell(moved(lamp, ShipmentState.DELIVERED))
    if stuck:
        await handle.signal("cancel", WORD)
        await world.until(lambda: _told(world, "what was not sent yet is cancelled") == 2)
        await handle.terminate("it waits for what nobody has")
    return handle


async def told_late_under_one_label(client: Client, world: World) -> Handle:
    """Before "real-partners" a parcel was waited for that had come under the label of another."""
    handle = await start(client, an_order(mug=2))
    await world.until(lambda: bool(world.released))
    release = world.released[0]
    delivered = moved(release, ShipmentState.DELIVERED)
    await world.tell(shipped(release, quantity=1, shipment="P1"))
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)
    await world.tell(delivered)
    await world.tell(shipped(release, quantity=1, shipment="P2"))
    await world.until(lambda: len(world.last.shipments) == 2)
    if world.last.headline is not Headline.COMPLETED:
        await world.tell(delivered.model_copy(update={"event_id": "again"}))
    return handle


async def cancelled_when_a_part_has_left(client: Client, world: World) -> Handle:
    """Before "second-look" the hold of a step stayed open that nobody asked for any more."""
    world.stock |= {"MUG": 0, "LAMP": 1}
    world.remedies = does(RemedyKind.BACKORDER)
    handle = await start(client, an_order(mug=2, lamp=1))
    await world.until(lambda: bool(world.released) and bool(world.backorders))
    await world.tell(shipped(world.released[0]))
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)
    world.faults["release"] = [Unavailable("wms", "down", retry_after_s=3600)]
    await fill(world, next(iter(world.backorders)), mug=2)
    await world.until_held("partner_unavailable")
    await handle.signal("cancel", WORD)
    await world.until(lambda: _told(world, "the rest is cancelled") == 1)
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))
    return handle


async def second_hold_rejected_and_cancelled(client: Client, world: World) -> Handle:
    """Before "second-look" a rejection was not heeded while an earlier hold was open."""
    handle = await start(client, an_order(kit=1, changes={"channel_risk": ChannelRisk.HIGH}))
    await world.until_held("compliance", "fraud")
    second = world.last.holds[1].id
    await handle.signal("reject", {"hold": second, **WORD})
    await world.until(lambda: any(hold.state == "rejected" for hold in world.last.holds))
    if world.last.headline is not Headline.REJECTED:
        await handle.signal("cancel", {"reason": "she wants it no more", "actor": "bert"})
    return handle


async def cancelled_while_a_loss_is_settled(client: Client, world: World) -> Handle:
    """Before "loose-ends" the order ended, and nobody could answer what service had been asked."""
    handle = await start(client, an_order(mug=3))
    await world.until(lambda: bool(world.released))
    lost = {"tracking_number": "LOST-1"}
    await world.tell(shipped(world.released[0], quantity=1).model_copy(update=lost))
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)
    await world.tell(moved(world.released[0], ShipmentState.LOST).model_copy(update=lost))
    await world.until_held("other")
    await handle.signal("cancel", WORD)
    with suppress(AssertionError):
        await world.until(lambda: world.last.headline is Headline.COMPLETED)
        return handle
    await handle.signal("approve", WORD)
    return handle


ROUTES: list[Route] = [
    rejected_and_sent_again,
    substituted_after_a_rejection,
    short_and_going_together,
    recalled_from_two_lots,
    told_late_under_one_label,
    cancelled_when_a_part_has_left,
    second_hold_rejected_and_cancelled,
    cancelled_while_a_loss_is_settled,
]
_SHELVES = {recalled_from_two_lots: TwoLots, short_and_going_together: Together}


async def play(client: Client, route: Route) -> Handle:
    world = World(client=client, ships=False)
    parts = ports(world) | {"stock": _SHELVES.get(route, FakeStock)(world)}
    async with Workers(client, **parts).running():
        handle = await route(client, world)
        with suppress(WorkflowFailureError):
            await world.end(handle)
    return handle


async def _turn_down(world: World) -> None:
    """Have the node refuse the first release, and wait until a person is asked."""
    await world.until(lambda: bool(world.released))
    release = world.released[0]
    about: dict[str, Any] = {"order_id": release.order_id, "occurred_at": datetime.now(UTC)}
    told = ReleaseRejected(event_id="rejected/1", release_key=release.key, reason="no hands today", **about)
    await world.tell(told)
    await world.until_held("inventory")


async def _send(world: World, release: Release, shipment: str = "P2") -> None:
    await world.tell(shipped(release, shipment=shipment))
    await world.tell(moved(release, ShipmentState.DELIVERED))


def _told(world: World, words: str) -> int:
    return sum(words in text for text in world.story)


def _open(world: World) -> list[str]:
    return [hold.id for hold in world.last.holds if hold.state == "open"]


if __name__ == "__main__":
    asyncio.run(record(FOLDER, ROUTES, play, sys.argv[1:]))
