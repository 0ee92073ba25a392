"""What takes hours and weeks: partners away for long, parcels nobody reports. On a real server that skips time."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from models.errors import Unavailable
from models.order.snapshot import Headline
from models.states.fulfilment import ShipmentState
from tests.promises.orders.conftest import skipping_server
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import World, moved, ports, shipped, start
from workers.assembly import Workers
from workflows.asking import Asking

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    async with await skipping_server() as env:
        yield env


@pytest_asyncio.fixture(loop_scope="session")
async def later(skipping: WorkflowEnvironment) -> AsyncIterator[World]:
    world = World(client=skipping.client)
    async with Workers(skipping.client, **ports(world)).running():
        yield world


async def test_an_erp_that_is_down_for_hours_parks_the_order_and_it_finishes_by_itself(
    skipping: WorkflowEnvironment, later: World
) -> None:
    later.faults["create_order"] = [Unavailable("erp", "down", retry_after_s=1800) for _ in range(12)]
    order = an_order()

    handle = await start(skipping.client, order)

    assert await later.end(handle) == Headline.COMPLETED
    assert later.last.holds[0].state == "released"
    assert later.last.holds[0].decided_at is not None
    assert later.last.holds[0].decided_at - later.last.holds[0].opened_at > timedelta(hours=4)
    assert len(later.last.holds) == 1
    assert later.done("create_order") == [f"{order.id}/erp-order"]


async def test_a_warehouse_that_never_ships_is_shown_to_somebody(skipping: WorkflowEnvironment, later: World) -> None:
    later.ships = False

    handle = await start(skipping.client, an_order())
    await later.until_held("unknown_delivery_date")
    assert later.last.waiting_on == "wms"
    assert "shipment within 3 days" in later.last.holds[0].reason
    await later.tell(shipped(later.released[0]))
    await later.tell(moved(later.released[0], ShipmentState.DELIVERED))

    assert await later.end(handle) == Headline.COMPLETED
    assert later.last.holds[0].state == "released"


async def test_rejecting_the_wait_for_a_warehouse_cancels_the_order(
    skipping: WorkflowEnvironment, later: World
) -> None:
    later.ships = False

    handle = await start(skipping.client, an_order())
    await later.until_held("unknown_delivery_date")
    await handle.signal("reject", {"reason": "too late", "actor": "anna"})

    assert await later.end(handle) == Headline.CANCELLED
    assert later.stock["MUG"] == 100


async def test_a_parcel_nobody_reports_as_delivered_asks_somebody_and_may_be_waited_for(
    skipping: WorkflowEnvironment, later: World
) -> None:
    later.ships = False

    handle = await start(skipping.client, an_order())
    await later.until(lambda: bool(later.released))
    await later.tell(shipped(later.released[0]))
    await later.until_held("unknown_delivery_date")
    await handle.signal("approve", {"reason": "wait on", "actor": "anna"})
    await later.until(lambda: len(later.last.holds) == 2)
    await later.tell(moved(later.released[0], ShipmentState.DELIVERED))

    assert await later.end(handle) == Headline.COMPLETED


def test_orders_that_are_parked_together_do_not_all_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(7)  # noqa: S311 - the same pauses every time
    monkeypatch.setattr("workflows.asking.workflow.random", lambda: chance)
    asking = object.__new__(Asking)

    pauses = {asking._spread(timedelta(minutes=1)) for _ in range(50)}

    assert len(pauses) == 50
    assert timedelta(seconds=45) <= min(pauses) < timedelta(seconds=50)
    assert timedelta(seconds=70) < max(pauses) <= timedelta(seconds=75)
