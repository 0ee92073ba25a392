"""What takes weeks: goods that never come, or only in part. On a real server that skips time."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from models.policy.returns import EarlyRule, ReturnRules
from tests.promises.orders.conftest import skipping_server
from tests.promises.returns.world import WORD, ReturnWorld, a_case, come_and_pass, ports, start
from workers.assembly import Workers

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    async with await skipping_server() as env:
        yield env


@pytest_asyncio.fixture(loop_scope="session")
async def later(skipping: WorkflowEnvironment) -> AsyncIterator[ReturnWorld]:
    world = ReturnWorld(client=skipping.client)
    async with Workers(skipping.client, **ports(world)).running():
        yield world


async def test_goods_that_never_come_expire_and_nothing_is_refunded(later: ReturnWorld) -> None:
    handle = await start(later, a_case(mugs=2))

    assert await later.end(handle) == "expired"
    assert later.refunded == 0
    assert later.claims == {"1": 0}
    assert "return_expired" in {notice.kind for notice in later.notices}


async def test_a_part_that_never_comes_does_not_keep_the_rest_from_its_end(later: ReturnWorld) -> None:
    # Time stands still while the test looks on, and skips once it waits for the end.
    handle = await start(later, a_case(mugs=2))
    await later.until_state("authorised")
    await come_and_pass(handle, 1)

    assert await later.end(handle) == "closed"
    assert later.refunded == 1190
    assert later.claims == {"1": 1}
    assert later.now.lines[0].missing == 1


async def test_money_that_went_before_goods_that_never_come_is_shown_to_finance(later: ReturnWorld) -> None:
    later.rules = ReturnRules(early=(EarlyRule(up_to={"EUR": 5000}),))
    handle = await start(later, a_case(mugs=1))
    await later.until_held("refund")
    await handle.signal("approve", WORD)

    assert await later.end(handle) == "expired"
    assert later.refunded == 1190
    assert later.claims == {"1": 1}
