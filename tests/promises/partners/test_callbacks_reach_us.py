"""Partners tell us what happened, signed, until we take it, even if they are killed in between."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from activities.adapters.sandbox.carriers import SandboxCarriers
from activities.adapters.sandbox.warehouse import SandboxWarehouse
from models.partners.events import (
    PARTNER_EVENT,
    GoodsCollected,
    ParcelMoved,
    ParcelShipped,
    PartnerEvent,
    PickedShort,
    ReadyToCollect,
    ReleaseAcknowledged,
    ReleaseRejected,
)
from models.settings import PartnerSettings
from models.states.fulfilment import ShipmentState
from tests.promises.partners.asks import booking, new_order, release
from tests.promises.partners.listener import Listener, Received, listening
from tests.promises.partners.sandbox import SandboxProcess

SECRET = "whsec_" + base64.b64encode(b"a secret of the tests").decode()


@dataclass
class Logistics:
    """A WMS and a carrier that call back."""

    wms: SandboxProcess
    carrier: SandboxProcess
    warehouse: SandboxWarehouse
    carriers: SandboxCarriers
    listener: Listener

    async def events(self, order_id: str, count: int) -> list[PartnerEvent]:
        async with asyncio.timeout(60):
            while True:
                about = [one for one in self.listener.received if order_id.encode() in one.body]
                found = [event for event in map(_verified, about) if event.order_id == order_id]
                if len({event.event_id for event in found}) >= count:
                    return found
                await asyncio.sleep(0.02)


def _verified(received: Received) -> PartnerEvent:
    Webhook(SECRET).verify(received.body, received.headers)
    event = PARTNER_EVENT.validate_json(received.body)
    assert received.headers["webhook-id"] == event.event_id
    return event


@pytest.fixture(scope="module")
async def logistics(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Logistics]:
    data: Path = tmp_path_factory.mktemp("logistics")
    quick = '{"pick_delay_ms": 100, "collect_delay_ms": 0}'
    async with listening() as listener:
        calling = ("--callback-url", listener.url, "--callback-secret", SECRET)
        carrier = SandboxProcess("carrier", data, *calling, "--dials", '{"delivery_delay_ms": 50}')
        wms = SandboxProcess("wms", data, *calling, "--carrier-url", carrier.url, "--dials", quick)
        carrier.start()
        wms.start()
        carrier.ready()
        wms.ready()
        warehouse = SandboxWarehouse(PartnerSettings(url=wms.url))
        carriers = SandboxCarriers(PartnerSettings(url=carrier.url))
        yield Logistics(wms, carrier, warehouse, carriers, listener)
        await warehouse.close()
        await carriers.close()
        wms.stop()
        carrier.stop()


async def test_a_release_is_acknowledged_shipped_and_delivered(logistics: Logistics):
    order_id = new_order()
    label = await logistics.carriers.book(booking(order_id))
    asked = release(order_id, quantity=2, label=label.tracking_number)
    await logistics.warehouse.release(asked)
    events = await logistics.events(order_id, 4)
    [shipped] = [event for event in events if isinstance(event, ParcelShipped)]
    assert (shipped.release_key, shipped.node, shipped.tracking_number) == (asked.key, "berlin", label.tracking_number)
    assert [(line.line_id, line.sku, line.quantity) for line in shipped.lines] == [("1", "MUG-BLUE", 2)]
    assert [event.state for event in events if isinstance(event, ParcelMoved)] == [
        ShipmentState.IN_TRANSIT,
        ShipmentState.DELIVERED,
    ]
    assert sum(isinstance(event, ReleaseAcknowledged) for event in events) == 1


async def test_what_the_customer_collects_lies_ready_and_is_collected_without_a_carrier(logistics: Logistics):
    order_id = new_order()
    await logistics.warehouse.release(release(order_id, label=None))
    events = {event.type: event for event in await logistics.events(order_id, 3)}
    collected = events["wms.collected"]
    assert isinstance(collected, GoodsCollected)
    assert isinstance(events["wms.ready"], ReadyToCollect)
    assert [line.quantity for line in collected.lines] == [1]


async def test_a_callback_is_sent_again_with_the_same_id_until_it_is_taken(logistics: Logistics):
    order_id = new_order()
    logistics.listener.answers_about = order_id.encode()
    logistics.listener.answer(500)
    logistics.listener.answer(302, b"", "Location: /")
    logistics.listener.answers.append(b"")
    with logistics.wms.dialled(pick_delay_ms=3_600_000):
        await logistics.warehouse.release(release(order_id))
    attempts = await logistics.listener.until(4, about=order_id)
    assert len({attempt.headers["webhook-id"] for attempt in attempts}) == 1
    assert len({attempt.body for attempt in attempts}) == 1
    [kept] = logistics.wms.get("/journal/callbacks", order_id=order_id)["callbacks"]
    assert kept["attempts"] >= 3


async def test_a_short_pick_says_what_is_missing_and_ships_the_rest(logistics: Logistics):
    order_id = new_order()
    with logistics.wms.dialled(pick_next=["short"], pick_delay_ms=0):
        await logistics.warehouse.release(release(order_id, quantity=3))
        events = await logistics.events(order_id, 3)
    quantities = {type(event): event.lines[0].quantity for event in events if hasattr(event, "lines")}
    assert quantities == {PickedShort: 1, ParcelShipped: 2}


async def test_shelves_that_run_out_are_a_short_pick(logistics: Logistics):
    order_id = new_order()
    with logistics.wms.dialled(pick_delay_ms=0):
        await logistics.warehouse.release(release(order_id, sku="SCARCE-VASE", quantity=5))
        events = await logistics.events(order_id, 3)
    quantities = {type(event): event.lines[0].quantity for event in events if hasattr(event, "lines")}
    assert quantities == {PickedShort: 3, ParcelShipped: 2}


async def test_a_warehouse_can_reject_a_release(logistics: Logistics):
    order_id = new_order()
    with logistics.wms.dialled(pick_next=["rejected"], pick_delay_ms=0):
        await logistics.warehouse.release(release(order_id))
        events = await logistics.events(order_id, 2)
    assert any(isinstance(event, ReleaseRejected) for event in events)
    assert not any(isinstance(event, ParcelShipped) for event in events)


async def test_a_killed_warehouse_ships_and_calls_back_after_its_restart(logistics: Logistics):
    order_id = new_order()
    with logistics.wms.dialled(pick_delay_ms=700):
        await logistics.warehouse.release(release(order_id))
    logistics.wms.kill()
    logistics.wms.start()
    logistics.wms.ready()
    events = await logistics.events(order_id, 2)
    assert len({event.event_id for event in events if isinstance(event, ParcelShipped)}) == 1
