"""Tryton as a warehouse passes what every warehouse passes: the real server, with two workers and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial

import pytest

from activities.adapters.tryton.warehouse.warehouse import TrytonWarehouse
from models.errors import Transient
from tests.contracts.between import LOST_REPLY, LOST_REQUEST, Fault, between, on
from tests.contracts.warehouse import WarehouseContract
from tests.contracts.warehouses.asks import at_last, order, release
from tests.contracts.warehouses.hall import Hall, TrytonBooks, hall
from tests.contracts.warehouses.stand import Carrying, Stand

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with hall(tmp_path_factory.mktemp("tryton") / "wms") as running:
        yield running


@pytest.fixture(scope="module")
async def books(tryton: Hall) -> AsyncIterator[TrytonBooks]:
    people, feed = tryton.people(), TrytonWarehouse(tryton.settings())
    yield TrytonBooks(tryton, people, feed)
    await people.close()
    await feed.close()


@pytest.fixture
async def warehouse(tryton: Hall, books: TrytonBooks) -> AsyncIterator[Stand]:
    async def will(_how: Carrying) -> None:
        """Nothing happens there until somebody does it."""

    async with between(tryton.url) as way:
        adapter = TrytonWarehouse(tryton.settings(way.url))
        hasty = TrytonWarehouse(tryton.settings(way.url, timeout_s=0.5))
        yield Stand(
            adapter=adapter,
            way=way,
            books=books,
            will=will,
            hasty=hasty,
            making=("POST", "/model/stock.shipment.out?"),
            moving=("POST", "/model/stock.shipment.internal?"),
            stopping=("POST", "/cancel"),
        )
        await adapter.close()
        await hasty.close()


class TestTrytonWarehouse(WarehouseContract):
    """Tryton has no exceptions."""

    @pytest.mark.parametrize("fault", [LOST_REPLY, LOST_REQUEST], ids=["the reply", "the request"])
    @pytest.mark.parametrize("step", ["party.address", "stock.shipment.out?", "ir.note", "/wait"])
    async def test_whoever_is_cut_off_at_any_step_is_followed_by_another_who_goes_on(
        self, warehouse: Stand, tryton: Hall, step: str, fault: Fault
    ):
        asked = release(order())
        warehouse.way.faults.append(on(fault, "POST", step))
        with pytest.raises(Transient):
            await warehouse.adapter.release(asked)
        another = TrytonWarehouse(tryton.settings())
        done = await another.release(asked)
        await another.close()
        assert await warehouse.adapter.release(asked) == done
        assert await warehouse.books.releases(asked.key) == 1

    async def test_workers_that_know_nothing_of_each_other_leave_one_release(self, warehouse: Stand, tryton: Hall):
        asked = release(order())
        workers = [TrytonWarehouse(tryton.settings()) for _ in range(4)]
        answers = await asyncio.gather(*(at_last(partial(worker.release, asked)) for worker in workers))
        for worker in workers:
            await worker.close()
        assert await warehouse.books.releases(asked.key) == 1
        assert await warehouse.adapter.release(asked) in answers
