"""A return on our own database and stock ledger, of either kind: goods, money and the order's view agree at the end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from temporalio.client import Client

from activities.adapters.store.database import Database
from activities.adapters.store.stock.ledger import SqlStockLedger
from activities.adapters.store.stock.showing.inventory import SqlInventory
from api.returns.returning import Returning
from api.returns.temporal_returns import ReturnGateway
from models.messages import Cancellation
from models.money import Money
from models.order.order import Order
from models.returns.request import Condition, RequestedLine, Resolution, ReturnReason, ReturnRequest
from models.stock.events import GoodsReceived, StockLine
from models.stock.nodes import Node, NodeKind
from tests.promises.returns.shipped import POLICIES, a_request, book_in, delivered, returns_in
from tests.promises.returns.world import ReturnWorld, fine, inspection, ports, receipt
from workers.assembly import Workers


class House:
    """Our own books on one database, and partners that only note what they are asked."""

    def __init__(self, client: Client, database: Database) -> None:
        self.database = database
        self.world = ReturnWorld(client=client)
        self.ledger = SqlStockLedger(database, POLICIES)
        self.gateway = ReturnGateway(client, "orders")
        self.returning = Returning(returns_in(database), self.gateway)
        self.workers = Workers(
            client, **{**ports(self.world), "stock": self.ledger, "returns": book_in(database), "slots": 5}
        )

    async def shelf(self, sku: str = "MUG") -> dict[str, int]:
        found = await self.ledger.balances((sku,))
        names = ("on_hand", "in_inspection", "damaged", "quarantined")
        return {name: sum(getattr(balance, name) for balance in found) for name in names}

    async def stock_up(self) -> None:
        await SqlInventory(self.database, POLICIES).put_node(Node(name="berlin", kind=NodeKind.WAREHOUSE))
        goods = GoodsReceived(
            event_id="in-1",
            occurred_at=datetime.now(UTC),
            node="berlin",
            lines=(StockLine(sku="MUG", quantity=5), StockLine(sku="LAMP", quantity=5)),
        )
        await self.ledger.apply(goods, source="wms")

    async def open(self, order: Order, request: ReturnRequest) -> str:
        opened = await self.returning.records.open(order.id, request, opened_by="shop", request_key=None)
        await self.returning.begin(opened.case)
        return opened.case.id

    async def until(self, return_id: str, state: str) -> None:
        for _ in range(1200):
            snapshot = (await self.returning.records.find(return_id)).snapshot
            if snapshot is not None and snapshot.state == state:
                return
            await asyncio.sleep(0.05)
        story = [entry.text for entry in await self.returning.records.timeline(return_id)]
        raise AssertionError(f"{return_id} never was {state}: {story}")


async def test_goods_money_and_the_orders_view_agree_at_the_end(client: Client, database: Database) -> None:
    house = House(client, database)
    await house.stock_up()
    order = await delivered(database, mug=3, channel="pos" if database.engine.dialect.name == "sqlite" else "b2b")
    async with house.workers.running():
        first = await house.open(order, a_request(2))
        await house.until(first, "authorised")
        await house.gateway.receive("m-1", first, receipt(mug=2))
        await house.until(first, "received")
        graded = (fine(1), fine(1, grade=Condition.USED))
        await house.gateway.inspect("m-2", first, inspection(1, *graded))
        await house.until(first, "closed")
        assert await house.shelf() == {"on_hand": 7, "in_inspection": 0, "damaged": 1, "quarantined": 0}

        second = await house.open(order, a_request(1))
        await house.until(second, "authorised")
        await house.gateway.receive("m-3", second, receipt(mug=1))
        await house.gateway.inspect("m-4", second, inspection(1, fine(1)))
        await house.until(second, "closed")

    seen = await house.returning.records.of_order(order.id)
    fees = sum(
        (gift.fees for view in seen.returns if view.snapshot for gift in view.snapshot.money),
        Money.zero(order.currency),
    )
    assert seen.refunded + fees.amount == order.total.amount
    assert house.world.refunded == seen.refunded
    assert sum(memo.total.amount for memo in house.world.memos) == seen.refunded
    assert await house.shelf() == {"on_hand": 8, "in_inspection": 0, "damaged": 1, "quarantined": 0}


async def test_a_replacement_is_handed_in_and_what_is_withdrawn_is_free_again(
    client: Client, database: Database
) -> None:
    house = House(client, database)
    await house.stock_up()
    order = await delivered(database, lamp=2, channel="pos" if database.engine.dialect.name == "sqlite" else "b2b")
    broken = RequestedLine(line_id="1", quantity=1, reason=ReturnReason.DEFECTIVE, condition=Condition.DEFECTIVE)
    async with house.workers.running():
        first = await house.open(order, ReturnRequest(lines=(broken,), resolution=Resolution.REPLACEMENT))
        await house.until(first, "authorised")
        await house.gateway.receive("m-1", first, receipt(lamp=1))
        await house.gateway.inspect("m-2", first, inspection(1, fine(1, grade=Condition.DEFECTIVE)))
        await house.until(first, "closed")
        second = await house.open(order, a_request(1))
        await house.until(second, "authorised")
        await house.gateway.withdraw("m-3", second, Cancellation(reason="kept", actor="ada"))
        await house.until(second, "closed")
        third = await house.open(order, a_request(1))
        await house.until(third, "authorised")

    assert await house.shelf("LAMP") == {"on_hand": 6, "in_inspection": 0, "damaged": 0, "quarantined": 1}
    replacement = await house.returning.records.of_order(f"{order.id}-R1")
    assert replacement.replaces == first
    assert house.world.refunded == 0
