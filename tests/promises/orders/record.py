"""Records one history a route, for the replay test: ``python -m tests.promises.orders.record``.

A recorded history is a promise to the orders that were running when it was made. Recording a route again belongs to
a release that no such order can live through; a new route gets a new file.
"""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from models.errors import Refused, Unavailable
from models.order.document import ChannelRisk, FulfilledBy, FulfilmentRequest
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind
from models.order.snapshot import Headline
from models.states.fulfilment import ShipmentState
from models.stock.demand import Need
from models.stock.reservation import RemedyKind
from tests.promises.orders.conftest import local_server
from tests.promises.orders.orders import an_order, euro
from tests.promises.orders.test_short_of_stock import does, fill, waiting
from tests.promises.orders.test_stories import short
from tests.promises.orders.world import World, moved, ports, shipped, start
from workers.assembly import Workers

FOLDER = Path(__file__).parent / "histories"
Handle = WorkflowHandle[Any, Any]
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


ROUTES: list[Callable[[Client, World], Awaitable[Handle]]] = [
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
]


async def main(names: list[str]) -> None:
    """Record the routes that are named, or those that have no history yet."""
    FOLDER.mkdir(exist_ok=True)
    async with await local_server() as server:
        for route in ROUTES:
            path = FOLDER / f"{route.__name__}.json"
            if route.__name__ in names or not path.exists():
                await _record(server, route, path)


async def _record(server: WorkflowEnvironment, route: Callable[[Client, World], Awaitable[Handle]], path: Path) -> None:
    world = World(client=server.client)
    async with Workers(server.client, **ports(world)).running():
        handle = await route(server.client, world)
        await world.end(handle)
        history = await handle.fetch_history()
    await asyncio.to_thread(path.write_text, anywhere(history.to_json()) + "\n", encoding="utf-8")


def anywhere(history: str) -> str:
    """Leave out what tells on whose machine it was recorded: stack traces, and the host in a worker's name."""
    history = re.sub(r'"stackTrace": "(?:[^"\\]|\\.)*"', '"stackTrace": ""', history)
    return history.replace(f"@{socket.gethostname()}", "@recorder")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
