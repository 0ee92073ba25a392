"""What is bought arrives and what is moved moves, once each, and the ERP's books follow the warehouse's shelves."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from standardwebhooks import Webhook

from activities.adapters.sandbox.erp import SandboxErp
from activities.adapters.sandbox.warehouse import SandboxWarehouse
from models.errors import Refused
from models.partners.warehouse import NodeCount
from models.settings import PartnerSettings
from models.stock.events import (
    STOCK_EVENT,
    GoodsReceived,
    StockEvent,
    SupplyAnnounced,
    SupplyDelayed,
    TransferDispatched,
    TransferReceived,
)
from tests.promises.partners.asks import new_order, release, requisition, transfer
from tests.promises.partners.listener import Listener, listening
from tests.promises.partners.sandbox import SandboxProcess, free_port

SECRET = "whsec_" + base64.b64encode(b"a secret of the tests").decode()
QUICK = '{"supply_delay_ms": 0}', '{"transfer_delay_ms": 0, "pick_delay_ms": 0}'
_numbers = count(1)


@dataclass
class Trade:
    """An ERP and a WMS that know each other and call back."""

    processes: dict[str, SandboxProcess]
    erp: SandboxErp
    warehouse: SandboxWarehouse
    listener: Listener
    heard: list[StockEvent] = field(default_factory=list)
    read: int = 0

    def told(self) -> list[StockEvent]:
        # Each is looked at once: a signature is good for five minutes.
        for received in self.listener.received[self.read :]:
            self.read += 1
            Webhook(SECRET).verify(received.body, received.headers)
            if b'"type":"stock.' in received.body:
                self.heard.append(STOCK_EVENT.validate_json(received.body))
        return self.heard

    async def hears(self, kind: type[StockEvent], of: str) -> StockEvent:
        """Wait until we are told this of a supply or a transfer."""
        async with asyncio.timeout(60):
            while True:
                for event in self.told():
                    if isinstance(event, kind) and of in {
                        getattr(event, "supply_id", ""),
                        getattr(event, "transfer_id", ""),
                    }:
                        return event
                await asyncio.sleep(0.02)

    async def shelf(self, node: str, sku: str) -> int:
        return _level(await self.warehouse.counts(), node, sku)

    async def books(self, node: str, sku: str) -> int:
        return _level(await self.erp.stock_levels(), node, sku)

    async def agree(self) -> None:
        """Wait until the ERP's books and the shelves say the same."""
        async with asyncio.timeout(60):
            while sorted(await self.erp.stock_levels(), key=str) != sorted(await self.warehouse.counts(), key=str):
                await asyncio.sleep(0.02)


def _level(counts: tuple[NodeCount, ...], node: str, sku: str) -> int:
    return next((one.quantity for one in counts if (one.node, one.sku) == (node, sku)), 0)


def _key() -> str:
    return f"replenish/berlin/{next(_numbers)}"


@pytest.fixture(scope="module")
async def trade(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Trade]:
    data = tmp_path_factory.mktemp("trade")
    async with listening() as listener:
        calling = ("--callback-url", listener.url, "--callback-secret", SECRET)
        wms_port = free_port()
        erp = SandboxProcess("erp", data, *calling, "--wms-url", f"http://127.0.0.1:{wms_port}", "--dials", QUICK[0])
        more = ("--erp-url", erp.url, "--dials", QUICK[1])
        wms = SandboxProcess("wms", data, *calling, *more, port=wms_port)
        for process in (erp, wms):
            process.start()
        for process in (erp, wms):
            process.ready()
        trade = Trade(
            {"erp": erp, "wms": wms},
            SandboxErp(PartnerSettings(url=erp.url)),
            SandboxWarehouse(PartnerSettings(url=wms.url)),
            listener,
        )
        yield trade
        await trade.erp.close()
        await trade.warehouse.close()
        wms.stop()
        erp.stop()


async def test_what_is_bought_is_announced_comes_in_and_is_told_once(trade: Trade):
    before = await trade.shelf("berlin", "LAMP-SHADE")
    asked = requisition(_key(), sku="LAMP-SHADE", quantity=30)
    answer = await trade.erp.requisition(asked)
    assert await trade.erp.requisition(asked) == answer
    announced = await trade.hears(SupplyAnnounced, answer.reference)
    assert isinstance(announced, SupplyAnnounced)
    assert (announced.node, announced.lines[0].quantity) == ("berlin", 30)
    assert announced.expected_at == answer.expected_at
    received = await trade.hears(GoodsReceived, answer.reference)
    assert isinstance(received, GoodsReceived)
    assert [(line.sku, line.quantity) for line in received.lines] == [("LAMP-SHADE", 30)]
    assert await trade.shelf("berlin", "LAMP-SHADE") == before + 30
    await trade.agree()


async def test_the_promise_is_the_lead_time_away(trade: Trade):
    with trade.processes["erp"].dialled(supply_lead_days=5, supply_delay_ms=0):
        answer = await trade.erp.requisition(requisition(_key()))
    assert answer.expected_at is not None
    assert abs(answer.expected_at - datetime.now(UTC) - timedelta(days=5)) < timedelta(minutes=5)
    # Whoever counts the shelf next must not see it come.
    await trade.hears(GoodsReceived, answer.reference)


async def test_a_late_supplier_says_so_before_he_delivers(trade: Trade):
    late = {"supplier_delay_days_next": [4], "supply_lead_days": 2, "supply_delay_ms": 100}
    with trade.processes["erp"].dialled(**late):
        answer = await trade.erp.requisition(requisition(_key()))
        punctual = await trade.erp.requisition(requisition(_key()))
    delayed = await trade.hears(SupplyDelayed, answer.reference)
    assert isinstance(delayed, SupplyDelayed)
    assert answer.expected_at is not None
    assert delayed.expected_at == answer.expected_at + timedelta(days=4)
    came = await trade.hears(GoodsReceived, answer.reference)
    await trade.hears(GoodsReceived, punctual.reference)
    assert delayed.occurred_at < came.occurred_at
    assert not any(isinstance(event, SupplyDelayed) and event.supply_id == punctual.reference for event in trade.told())


async def test_goods_that_are_on_their_way_when_everything_is_killed_still_arrive_once(trade: Trade):
    before = await trade.shelf("rotterdam", "PEN-GEL")
    with trade.processes["erp"].dialled(supply_delay_ms=400):
        answer = await trade.erp.requisition(requisition(_key(), sku="PEN-GEL", quantity=7, node="rotterdam"))
    for process in trade.processes.values():
        process.kill()
    for process in trade.processes.values():
        process.start()
    for process in trade.processes.values():
        process.ready()
    await trade.hears(GoodsReceived, answer.reference)
    await trade.agree()
    assert await trade.shelf("rotterdam", "PEN-GEL") == before + 7


async def test_a_requisition_in_packs_is_delivered_in_single_units(trade: Trade):
    before = await trade.shelf("berlin", "WINE-RED")
    asked = requisition(_key(), sku="WINE-RED", quantity=3).model_copy(update={"unit": "XCS"})
    answer = await trade.erp.requisition(asked)
    await trade.hears(GoodsReceived, answer.reference)
    assert await trade.shelf("berlin", "WINE-RED") == before + 18


@pytest.mark.parametrize(
    ("change", "code"),
    [({"node": "atlantis"}, "unknown_node"), ({"sku": "GHOST-404"}, "unknown_item"), ({"unit": "KGM"}, "unknown_unit")],
)
async def test_what_cannot_be_bought_is_refused(trade: Trade, change: dict[str, str], code: str):
    with pytest.raises(Refused) as caught:
        await trade.erp.requisition(requisition(_key()).model_copy(update=change))
    assert caught.value.code == code


async def test_a_transfer_leaves_one_node_and_arrives_at_the_other_once(trade: Trade):
    here, there = await trade.shelf("berlin", "MUG-BLUE"), await trade.shelf("store-mitte", "MUG-BLUE")
    order = transfer(f"transfer/{new_order()}", quantity=5)
    done = await trade.warehouse.transfer(order)
    assert await trade.warehouse.transfer(order) == done
    gone = await trade.hears(TransferDispatched, order.key)
    came = await trade.hears(TransferReceived, order.key)
    assert isinstance(gone, TransferDispatched)
    assert isinstance(came, TransferReceived)
    for event in (gone, came):
        assert (event.from_node, event.to_node, event.lines[0].quantity) == ("berlin", "store-mitte", 5)
    assert await trade.shelf("berlin", "MUG-BLUE") == here - 5
    assert await trade.shelf("store-mitte", "MUG-BLUE") == there + 5
    await trade.agree()


async def test_a_transfer_of_more_than_is_there_is_refused_and_nothing_moves(trade: Trade):
    before = await trade.shelf("berlin", "MUG-BLUE")
    with pytest.raises(Refused) as caught:
        await trade.warehouse.transfer(transfer(f"transfer/{new_order()}", quantity=100_000))
    assert caught.value.code == "not_there"
    assert await trade.shelf("berlin", "MUG-BLUE") == before


async def test_what_is_shipped_leaves_the_books_too(trade: Trade):
    before = await trade.books("berlin", "TEE-M")
    await trade.warehouse.release(release(new_order(), sku="TEE-M", quantity=3))
    async with asyncio.timeout(60):
        while await trade.books("berlin", "TEE-M") != before - 3:
            await asyncio.sleep(0.02)
    await trade.agree()


async def test_a_posting_that_the_erp_loses_leaves_the_books_apart(trade: Trade):
    before = await trade.books("berlin", "TEE-S")
    with trade.processes["erp"].dialled(postings_lost_next=1):
        await trade.warehouse.release(release(new_order(), sku="TEE-S", quantity=2))
        async with asyncio.timeout(60):
            while trade.processes["erp"].get("/dials")["postings_lost_next"]:
                await asyncio.sleep(0.02)
    assert await trade.shelf("berlin", "TEE-S") == before - 2
    assert await trade.books("berlin", "TEE-S") == before
