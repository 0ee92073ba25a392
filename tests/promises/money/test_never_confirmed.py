"""A customer who lets the time pass has not paid. On a real server that skips time."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from models.order.headline import Headline
from tests.promises.money.counting_house import MoneyWorld, ports
from tests.promises.money.test_stories_of_money import answer
from tests.promises.orders.conftest import skipping_server
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import start
from workers.assembly import Workers

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    async with await skipping_server() as env:
        yield env


async def test_the_payment_is_let_go_and_finance_may_have_another_asked_for(skipping: WorkflowEnvironment) -> None:
    world = MoneyWorld(client=skipping.client, asks_customer=True)
    async with Workers(skipping.client, **ports(world)).running():
        handle = await start(skipping.client, an_order(mug=1))
        await world.until(lambda: "payment-2" in {hold.id for hold in world.last.holds})
        world.asks_customer = False
        await answer(handle, "payment-2")

        assert await world.end(handle) == Headline.COMPLETED

    assert [
        (hold.id, hold.state.value, hold.decision_reason) for hold in world.last.holds if hold.id == "payment-1"
    ] == [("payment-1", "released", "time is up")]
    first, last = world.authorised[0].key, world.authorised[-1].key
    assert [void.key for void in world.voids] == [first]
    assert last == f"{first}~2"
    assert any("the customer has not confirmed it in time" in told for told in world.story)


async def test_who_confirms_at_the_last_moment_has_paid_though_the_word_of_it_was_lost(
    skipping: WorkflowEnvironment,
) -> None:
    world = MoneyWorld(client=skipping.client, asks_customer=True)
    order = an_order(mug=1)

    async def confirms(verb: str) -> None:
        if verb == "send" and any("confirm your payment" in (notice.reason or "") for notice in world.notices):
            world.unconfirmed.clear()

    world.at_effect = confirms
    async with Workers(skipping.client, **ports(world)).running():
        handle = await start(skipping.client, order)
        assert await world.end(handle) == Headline.COMPLETED

    assert world.voids == []
    assert len({one.key for one in world.authorised}) == 1
    assert world.money["captured"] == order.total.amount
    assert next(hold for hold in world.last.holds if hold.id == "payment-1").decision_reason == "time is up"
