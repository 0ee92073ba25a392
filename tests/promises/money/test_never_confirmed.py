"""A customer who lets the time pass has not paid. On a real server that skips time."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from models.order.headline import Headline
from tests.promises.money.counting_house import MoneyWorld, ports
from tests.promises.money.test_stories_of_money import answer
from tests.promises.orders.conftest import SERVER, temporal_binary
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import start
from workers.assembly import Workers

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    arguments = [
        *SERVER["dev_server_extra_args"],
        *("--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"),
    ]
    async with await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=temporal_binary(), **{**SERVER, "dev_server_extra_args": arguments}
    ) as env:
        yield env


async def test_the_payment_is_let_go_and_finance_may_have_another_asked_for(skipping: WorkflowEnvironment) -> None:
    world = MoneyWorld(client=skipping.client, asks_customer=True)
    async with Workers(skipping.client, **ports(world)).running():
        handle = await start(skipping.client, an_order(mug=1))
        await world.until(lambda: "payment-2" in {hold.id for hold in world.last.holds})
        world.asks_customer = False
        await answer(handle, "payment-2")

        assert await world.end(handle) == Headline.COMPLETED

    first, last = world.authorised[0].key, world.authorised[-1].key
    assert [void.key for void in world.voids] == [first]
    assert last == f"{first}~2"
    assert any("the customer has not confirmed it in time" in told for told in world.story)
