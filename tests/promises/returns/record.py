"""Records one history a route of returns (tests/recorded/recording.py): ``python -m tests.promises.returns.record``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from temporalio.client import Client

from models.errors import Refused, Unavailable
from models.order.payment_terms import PaymentTerms
from models.policy.returns import EarlyRule, ReturnRules
from models.returns.request import Condition, Resolution, ReturnReason
from tests.promises.returns.world import (
    WORD,
    ReturnWorld,
    a_case,
    come_and_pass,
    euro,
    fine,
    inspection,
    ports,
    receipt,
    sold,
    start,
    withdrawal,
)
from tests.recorded.recording import Handle, record
from workers.assembly import Workers

FOLDER = Path(__file__).parent / "histories"
Route = Callable[[ReturnWorld], Awaitable[Handle]]


async def refunded(world: ReturnWorld) -> Handle:
    handle = await start(world, a_case(mugs=2, reason=ReturnReason.DAMAGED))
    await world.until(lambda: world.now.tracking_number is not None)
    await come_and_pass(handle, 2)
    return handle


async def declined(world: ReturnWorld) -> Handle:
    return await start(world, a_case(sold(arrived_days_ago=90)))


async def decided_by_a_person(world: ReturnWorld) -> Handle:
    world.rules = ReturnRules(ask_above={"EUR": 0}, refund_above={"EUR": 0})
    handle = await start(world, a_case())
    await world.until_held("return")
    await handle.signal("approve", WORD)
    await world.until_state("authorised")
    await come_and_pass(handle)
    await world.until_held("refund")
    await handle.signal("approve", {**WORD, "amount": {"amount": 700, "currency": "EUR"}})
    return handle


async def in_parts(world: ReturnWorld) -> Handle:
    handle = await start(world, a_case(mugs=3))
    await world.until_state("authorised")
    await handle.execute_update("receive", receipt(1, mug=1))
    await handle.execute_update("inspect", inspection(1, fine(1)))
    await world.until_state("refunded")
    await handle.execute_update("receive", receipt(2, mug=2))
    bad = fine(1, grade=Condition.USED, accepted=False, reason="drunk from")
    await handle.execute_update("inspect", inspection(2, fine(1), bad))
    return handle


async def kept(world: ReturnWorld) -> Handle:
    world.rules = ReturnRules(keep_below={"EUR": 1500})
    return await start(world, a_case())


async def early(world: ReturnWorld) -> Handle:
    world.rules = ReturnRules(early=(EarlyRule(up_to={"EUR": 5000}),))
    handle = await start(world, a_case())
    await world.until(lambda: world.refunded > 0)
    await come_and_pass(handle)
    return handle


async def odd_goods(world: ReturnWorld) -> Handle:
    world.spare = 1
    handle = await start(world, a_case())
    await world.until_state("authorised")
    await handle.execute_update("receive", receipt(mug=2, vase=1))
    await world.until_held("return", "return")
    for hold in list(world.now.holds):
        await handle.signal("approve", {"hold": hold.id, **WORD})
    await world.until(lambda: world.now.lines[0].authorised == 2)
    await handle.execute_update("inspect", inspection(1, fine(2)))
    return handle


async def replaced(world: ReturnWorld) -> Handle:
    handle = await start(world, a_case(resolution=Resolution.REPLACEMENT, reason=ReturnReason.DEFECTIVE))
    await world.until_state("authorised")
    await come_and_pass(handle)
    return handle


async def through_the_channel(world: ReturnWorld) -> Handle:
    world.held = world.captured
    handle = await start(world, a_case(sold(terms=PaymentTerms.PREPAID, channel="amazon")))
    await world.until_state("authorised")
    await come_and_pass(handle)
    return handle


async def unknown_order(world: ReturnWorld) -> Handle:
    loose = sold().model_copy(update={"lines": (), "shipping": euro(0), "email": None})
    handle = await start(world, a_case(loose, known=False, resolution=Resolution.STORE_CREDIT))
    await world.until_state("authorised")
    await come_and_pass(handle)
    await world.until_held("refund")
    await handle.signal("approve", {**WORD, "amount": {"amount": 500, "currency": "EUR"}})
    return handle


async def withdrawn(world: ReturnWorld) -> Handle:
    handle = await start(world, a_case())
    await world.until_state("authorised")
    await handle.execute_update("withdraw", withdrawal())
    return handle


async def partner_trouble(world: ReturnWorld) -> Handle:
    world.faults["refund"] = [Refused("payment", "the card is closed", code="card_closed")]
    world.faults["credit_memo"] = [Unavailable("erp", "down"), Unavailable("erp", "down")]
    handle = await start(world, a_case())
    await world.until_state("authorised")
    await come_and_pass(handle)
    await world.until(lambda: any(hold.id == "refund-1" for hold in world.now.holds))
    await handle.signal("approve", {"hold": "refund-1", **WORD})
    return handle


ROUTES: list[Route] = [
    refunded,
    declined,
    decided_by_a_person,
    in_parts,
    kept,
    early,
    odd_goods,
    replaced,
    through_the_channel,
    unknown_order,
    withdrawn,
    partner_trouble,
]


async def play(client: Client, route: Route) -> Handle:
    world = ReturnWorld(client=client)
    async with Workers(client, **ports(world)).running():
        handle = await route(world)
        await world.end(handle)
    return handle


if __name__ == "__main__":
    asyncio.run(record(FOLDER, ROUTES, play, sys.argv[1:]))
