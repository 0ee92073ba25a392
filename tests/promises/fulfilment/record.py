"""Records one history a way of sending (tests/recorded/recording.py): ``python -m tests.promises.fulfilment.record``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client

from models.order.snapshot import Headline
from models.partners.warehouse import ReleaseState
from models.policy.fulfilment import WhenUndeliverable
from models.states.fulfilment import FulfilmentState, ShipmentState
from models.stock.nodes import NodeKind
from models.stock.outlook import NodeOutlook
from tests.promises.fulfilment.stage import Stage, acknowledged, not_found, ports, rules, turned_down
from tests.promises.fulfilment.test_acknowledged import CHASED, REROUTED, send
from tests.promises.fulfilment.test_collecting import PICK_UP, collected, ready
from tests.promises.fulfilment.test_departing import WAVES
from tests.promises.fulfilment.test_parcels import RESHIP, is_now
from tests.promises.orders.conftest import skipping_server
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import moved, shipped, start
from tests.recorded.recording import Handle, record
from workers.assembly import Workers

FOLDER = Path(__file__).parent / "histories"
Route = Callable[[Client, Stage], Awaitable[Handle]]


async def short_pick_sourced_again(client: Client, stage: Stage) -> Handle:
    handle = await start(client, an_order(mug=3))
    first = await stage.until_released()
    await stage.tell(not_found(first, 1))
    second = await stage.until_released(2)
    await stage.tell(shipped(first, quantity=2, shipment="P1"))
    await stage.tell(shipped(second, shipment="P2"))
    for release in (first, second):
        await stage.tell(moved(release, ShipmentState.DELIVERED))
    return handle


async def rejected_sourced_again(client: Client, stage: Stage) -> Handle:
    handle = await start(client, an_order(mug=2))
    await stage.tell(turned_down(await stage.until_released()))
    await send(stage, await stage.until_released(2))
    return handle


async def release_handed_over_again(client: Client, stage: Stage) -> Handle:
    stage.rules, stage.stands = CHASED, ReleaseState.UNKNOWN
    handle = await start(client, an_order(mug=2))
    release = await stage.until_released()
    await stage.until(lambda: any("handed over again" in text for text in stage.story))
    await stage.tell(acknowledged(release))
    await send(stage, release)
    return handle


async def silent_node_left(client: Client, stage: Stage) -> Handle:
    stage.rules = REROUTED
    handle = await start(client, an_order(mug=2))
    await send(stage, await stage.until_released(2))
    return handle


async def lost_and_sent_once_more(client: Client, stage: Stage) -> Handle:
    stage.rules = RESHIP
    handle = await start(client, an_order(mug=2))
    first = await stage.until_released()
    await stage.tell(shipped(first, shipment="P1"))
    await stage.tell(is_now(first, ShipmentState.LOST))
    second = await stage.until_released(2)
    await stage.tell(shipped(second, shipment="P2"))
    await stage.tell(moved(second, ShipmentState.DELIVERED))
    return handle


async def lost_and_paid_back(client: Client, stage: Stage) -> Handle:
    stage.rules = rules(lost=WhenUndeliverable.REFUND)
    handle = await start(client, an_order(mug=2))
    release = await stage.until_released()
    await stage.tell(shipped(release))
    await stage.until(lambda: stage.last.headline is Headline.SHIPPED)
    await stage.tell(is_now(release, ShipmentState.LOST))
    return handle


async def waited_for_a_wave(client: Client, stage: Stage) -> Handle:
    stage.rules = rules(waves=WAVES)
    stage.nodes["berlin"] = NodeOutlook(node="berlin", wave_at=datetime.now(UTC) + timedelta(hours=3))
    handle = await start(client, an_order(mug=2))
    await send(stage, await stage.until_released())
    return handle


async def drop_shipped(client: Client, stage: Stage) -> Handle:
    stage.nodes["berlin"] = NodeOutlook(node="berlin", kind=NodeKind.SUPPLIER)
    handle = await start(client, an_order(mug=2))
    await send(stage, await stage.until_released())
    return handle


async def collected_at_a_store(client: Client, stage: Stage) -> Handle:
    handle = await start(client, an_order(mug=2, shipping=0, changes=PICK_UP))
    release = await stage.until_released()
    await stage.tell(ready(release))
    await stage.until(lambda: stage.last.fulfilment is FulfilmentState.READY_FOR_PICKUP)
    await stage.tell(collected(release))
    return handle


async def never_collected(client: Client, stage: Stage) -> Handle:
    handle = await start(client, an_order(mug=2, changes=PICK_UP))
    await stage.tell(ready(await stage.until_released()))
    return handle


ROUTES: list[Route] = [
    short_pick_sourced_again,
    rejected_sourced_again,
    release_handed_over_again,
    silent_node_left,
    lost_and_sent_once_more,
    lost_and_paid_back,
    waited_for_a_wave,
    drop_shipped,
    collected_at_a_store,
    never_collected,
]


async def play(client: Client, route: Route) -> Handle:
    stage = Stage(client=client)
    async with Workers(client, **ports(stage)).running():
        handle = await route(client, stage)
        await stage.end(handle)
    return handle


if __name__ == "__main__":
    asyncio.run(record(FOLDER, ROUTES, play, sys.argv[1:], server=skipping_server))
