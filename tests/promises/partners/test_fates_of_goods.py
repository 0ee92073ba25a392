"""What a person can have happen to goods on the running stack: releases lost or ignored, parcels lost or brought back."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from activities.adapters.sandbox.carriers import SandboxCarriers
from activities.adapters.sandbox.erp import SandboxErp
from activities.adapters.sandbox.warehouse import SandboxWarehouse
from models.errors import Refused
from models.partners.asking import Undo
from models.partners.carriers import Redelivery
from models.partners.purchasing import DropShipOrder, SupplierLine
from models.partners.warehouse import ReleaseEnquiry, ReleaseState
from models.settings import PartnerSettings
from tests.promises.partners.asks import booking, new_order, release
from tests.promises.partners.sandbox import SandboxProcess, free_port

SECRET = "whsec_" + base64.b64encode(b"a secret of the tests").decode()
QUICK = ("--dials", '{"pick_delay_ms": 50, "collect_delay_ms": 0}')
NOWHERE = "http://127.0.0.1:9"


@dataclass
class Logistics:
    wms: SandboxProcess
    carrier: SandboxProcess
    warehouse: SandboxWarehouse
    carriers: SandboxCarriers

    def told(self, service: SandboxProcess, order_id: str) -> list[dict[str, Any]]:
        found = service.get("/journal/callbacks", order_id=order_id)["callbacks"]
        return [_payload(callback) for callback in found]

    def last_word(self, order_id: str) -> str | None:
        """What the warehouse told last of an order, if anything."""
        told = self.told(self.wms, order_id)
        return str(told[-1]["type"]) if told else None

    async def sent(self, order_id: str, quantity: int = 1) -> str:
        """Have a parcel on its way; answers its number."""
        label = await self.carriers.book(booking(order_id))
        await self.warehouse.release(release(order_id, quantity=quantity, label=label.tracking_number))
        return label.tracking_number

    def states(self, order_id: str) -> list[str]:
        return [event["state"] for event in self.told(self.carrier, order_id)]

    def on_shelf(self, sku: str = "MUG-BLUE") -> int:
        counts = self.wms.get("/counts")["counts"]
        return sum(one["quantity"] for one in counts if (one["node"], one["sku"]) == ("berlin", sku))


def _payload(callback: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(callback["body"]["payload"]))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.05)


@pytest.fixture(scope="module")
async def logistics(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Logistics]:
    data: Path = tmp_path_factory.mktemp("fates")
    calling = ("--callback-url", NOWHERE, "--callback-secret", SECRET)
    port = free_port()
    quick = ("--dials", '{"delivery_delay_ms": 20}')
    carrier = SandboxProcess("carrier", data, *calling, *quick, "--wms-url", f"http://127.0.0.1:{port}")
    wms = SandboxProcess("wms", data, *calling, *QUICK, "--carrier-url", carrier.url, port=port)
    for service in (wms, carrier):
        service.start()
    for service in (wms, carrier):
        service.ready()
    warehouse = SandboxWarehouse(PartnerSettings(url=wms.url))
    carriers = SandboxCarriers(PartnerSettings(url=carrier.url))
    yield Logistics(wms, carrier, warehouse, carriers)
    await warehouse.close()
    await carriers.close()
    wms.stop()
    carrier.stop()


def ask_after(order_id: str) -> ReleaseEnquiry:
    return ReleaseEnquiry(order_id=order_id, release_key=f"{order_id}/release/berlin", node="berlin")


async def test_a_forgotten_release_is_unknown_and_done_once_it_is_asked_for_again(logistics: Logistics):
    order_id = new_order()
    with logistics.wms.dialled(pick_next=["forgotten"], pick_delay_ms=3_600_000):
        await logistics.warehouse.release(release(order_id))
        assert (await logistics.warehouse.status(ask_after(order_id))).state is ReleaseState.UNKNOWN
        await asyncio.sleep(0.1)
        await logistics.warehouse.release(release(order_id))
        assert (await logistics.warehouse.status(ask_after(order_id))).state is ReleaseState.ACKNOWLEDGED
    assert [event["type"] for event in logistics.told(logistics.wms, order_id)] == ["wms.acknowledged"]


async def test_a_silent_warehouse_has_the_release_and_can_be_recalled(logistics: Logistics):
    order_id = new_order()
    with logistics.wms.dialled(pick_next=["silent"]):
        await logistics.warehouse.release(release(order_id))
    assert (await logistics.warehouse.status(ask_after(order_id))).state is ReleaseState.RELEASED
    undo = Undo(key=f"{order_id}/release/berlin", order_id=order_id, reason="too long")
    assert (await logistics.warehouse.recall(undo)).recalled
    assert (await logistics.warehouse.status(ask_after(order_id))).state is ReleaseState.RECALLED
    assert not logistics.told(logistics.wms, order_id)


async def test_a_customer_who_never_comes_leaves_the_goods_to_be_put_back(logistics: Logistics):
    order_id, before = new_order(), logistics.on_shelf()
    with logistics.wms.dialled(pick_next=["no_show"]):
        await logistics.warehouse.release(release(order_id, quantity=2, label=None))
    await until(lambda: logistics.last_word(order_id) == "wms.ready")
    assert logistics.on_shelf() == before - 2
    undo = Undo(key=f"{order_id}/release/berlin", order_id=order_id, reason="nobody came")
    assert (await logistics.warehouse.recall(undo)).recalled
    assert logistics.on_shelf() == before


@pytest.mark.parametrize(
    ("fate", "states"),
    [
        ("lost", ["in_transit", "lost"]),
        ("held_up", ["in_transit", "exception", "out_for_delivery", "delivered"]),
        ("delivered", ["in_transit", "delivered"]),
    ],
)
async def test_a_parcel_meets_the_fate_that_is_dialled(logistics: Logistics, fate: str, states: list[str]):
    order_id = new_order()
    with logistics.carrier.dialled(fate_next=[fate], delivery_delay_ms=20):
        await logistics.sent(order_id)
        await until(lambda: logistics.states(order_id) == states)


async def test_a_parcel_nobody_took_is_delivered_once_it_is_asked_for_again(logistics: Logistics):
    order_id = new_order()
    with logistics.carrier.dialled(fate_next=["nobody_there"], delivery_delay_ms=20):
        tracking = await logistics.sent(order_id)
        await until(lambda: logistics.states(order_id).count("failed_attempt") == 3)
        again = Redelivery(key=f"{order_id}/again", order_id=order_id, tracking_number=tracking)
        await logistics.carriers.deliver_again(again)
        await until(lambda: logistics.states(order_id)[-1] == "delivered")
    with pytest.raises(Refused, match="delivered"):
        await logistics.carriers.deliver_again(again.model_copy(update={"key": f"{order_id}/more"}))


async def test_a_parcel_that_goes_back_is_told_as_stock_that_returned(logistics: Logistics):
    order_id, before = new_order(), logistics.on_shelf()
    with logistics.carrier.dialled(fate_next=["returned"], delivery_delay_ms=20):
        tracking = await logistics.sent(order_id, quantity=2)
        await until(lambda: logistics.last_word(order_id) == "stock.returned")
    returned = logistics.told(logistics.wms, order_id)[-1]
    assert (returned["node"], returned["document"]) == ("berlin", tracking)
    assert [line["quantity"] for line in returned["lines"]] == [2]
    assert logistics.on_shelf() == before


@pytest.mark.slow
async def test_a_supplier_is_ordered_from_and_the_purchase_cancelled(tmp_path: Path):
    service = SandboxProcess("erp", tmp_path)
    service.start()
    service.ready()
    erp, order_id = SandboxErp(PartnerSettings(url=service.url)), new_order()
    asked = DropShipOrder(
        key=f"{order_id}/purchase",
        order_id=order_id,
        sales_order="SO-1",
        supplier="berlin",
        lines=(SupplierLine(line_id="1", sku="MUG-BLUE", quantity=2),),
        ship_to=None,
    )
    first, again = await erp.order_drop_ship(asked), await erp.order_drop_ship(asked)
    undo = Undo(key=asked.key, order_id=order_id, reason="cancelled")
    undone = await erp.cancel_drop_ship(undo)
    never = await erp.cancel_drop_ship(undo.model_copy(update={"key": "never"}))
    with pytest.raises(Refused, match="no supplier"):
        await erp.order_drop_ship(asked.model_copy(update={"key": "other", "supplier": "nowhere"}))
    await erp.close()
    service.stop()
    assert first == again
    assert (undone.happened, never.happened) == (True, False)
