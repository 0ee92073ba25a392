"""Deadlines of changes: a party that never answers, an order that cannot turn to it. On a server that skips time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from models.errors import Refused, Unavailable
from models.order.snapshot import Headline
from tests.promises.changing.wishes import said, send, settled, wish
from tests.promises.orders.conftest import skipping_server
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import World, ports, start
from workers.assembly import Workers

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    async with await skipping_server() as env:
        yield env


@pytest_asyncio.fixture(loop_scope="session")
async def later(skipping: WorkflowEnvironment) -> AsyncIterator[World]:
    world = World(client=skipping.client, ships=False)
    async with Workers(skipping.client, **ports(world)).running():
        yield world


async def test_an_erp_that_never_answers_lets_the_change_expire(skipping: WorkflowEnvironment, later: World) -> None:
    handle = await start(skipping.client, an_order(mug=3))
    await later.until(lambda: len(later.released) == 1)
    # It is away for longer than an hour, and back when the change is undone.
    later.faults["change_order"] = [Unavailable("erp", "down", retry_after_s=1000) for _ in range(4)]

    await wish(handle, "quantity", line_id="1", quantity=1)
    change = await settled(later)
    await later.until(lambda: len(later.released) == 2)
    await send(later, later.released[1])

    assert await later.end(handle) == Headline.COMPLETED
    assert (change.state, change.settled_by, change.reason) == ("expired", "erp", "no answer in time: down")
    assert said(change) == {"policy": "confirmed", "wms": "undone", "erp": "silent"}
    assert change.settled_at is not None
    assert change.settled_at - change.proposed_at >= timedelta(hours=1)
    assert [one.quantity for one in later.released[1].lines] == [3]
    assert later.records[-1].key.endswith("-back")
    assert later.money["captured"] == 3 * 1190 + 490


async def test_an_order_that_stays_on_hold_lets_the_change_expire(skipping: WorkflowEnvironment, later: World) -> None:
    later.faults["authorise"] = [Refused("payment", "the card was declined", code="card_declined")]
    handle = await start(skipping.client, an_order(mug=3))
    await later.until_held("payment")

    await wish(handle, "quantity", line_id="1", quantity=1)
    change = await settled(later)
    assert (change.state, change.settled_by, change.answers) == ("expired", "orderloom", ())
    assert change.settled_at is not None
    assert change.settled_at >= change.take_up_by

    await handle.signal("approve", {"reason": "another card", "actor": "anna"})
    await later.until(lambda: len(later.released) == 1)
    await send(later, later.released[0])
    assert await later.end(handle) == Headline.COMPLETED
    assert later.money["captured"] == 3 * 1190 + 490
