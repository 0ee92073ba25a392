"""What is given back for a return is told to the order's connected channel: to move it, or to note what we moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from models.errors import Refused
from models.order.payment_terms import PaymentTerms
from models.partners.asking import Done
from models.partners.channels import ChannelRefund
from models.partners.notices import NoticeKind
from models.returns.assessment import ReturnAssessment, ReturnAssessmentRequest
from tests.promises.returns.world import (
    FakeReturnBook,
    ReturnWorld,
    a_case,
    come_and_pass,
    euro,
    ports,
    sold,
    start,
)
from workers.assembly import Workers


class Ear:
    """A channel that hears of refunds."""

    def __init__(self, world: ReturnWorld) -> None:
        self.world = world
        self.heard: list[ChannelRefund] = []

    async def tell(self, update: ChannelRefund) -> Done:
        def hear() -> Done:
            self.heard.append(update)
            return Done(reference="U-1")

        return await self.world.effect("tell", update.key, hear)


class ConnectedBook(FakeReturnBook):
    async def assess(self, request: ReturnAssessmentRequest) -> ReturnAssessment:
        return (await super().assess(request)).model_copy(update={"channel_connected": True})


@pytest_asyncio.fixture(loop_scope="session")
async def ear(server: WorkflowEnvironment) -> AsyncIterator[Ear]:
    world = ReturnWorld(client=server.client)
    ear = Ear(world)
    shops: Any = {"shopify": ear}
    made = ports(world) | {"returns": ConnectedBook(world), "shops": shops}
    async with Workers(server.client, **made).running():
        yield ear


async def test_what_the_channel_holds_it_is_to_give_back_for_these_goods(ear: Ear) -> None:
    ear.world.held = ear.world.captured
    handle = await start(ear.world, a_case(sold(terms=PaymentTerms.PREPAID), mugs=2))

    await ear.world.until_state("authorised")
    await come_and_pass(handle, mugs=2)

    assert await ear.world.end(handle) == "closed"
    (told,) = ear.heard
    assert (told.amount, told.held_by_channel) == (euro(2380), True)
    assert [(line.line_id, line.quantity) for line in told.lines] == [("1", 2)]
    assert NoticeKind.REFUND_DUE not in {notice.kind for notice in ear.world.notices}


async def test_what_our_provider_gave_back_is_noted_there(ear: Ear) -> None:
    handle = await start(ear.world, a_case(mugs=1))

    await ear.world.until_state("authorised")
    await come_and_pass(handle)

    assert await ear.world.end(handle) == "closed"
    (told,) = ear.heard
    assert (told.amount, told.held_by_channel) == (euro(1190), False)
    assert [(line.line_id, line.quantity) for line in told.lines] == [("1", 1)]


async def test_a_channel_that_refuses_to_note_it_is_a_hold_and_the_money_is_back_all_the_same(ear: Ear) -> None:
    ear.world.faults["tell"] = [Refused("shopify", "the order is archived", code="archived")]
    handle = await start(ear.world, a_case(mugs=1))
    await ear.world.until_state("authorised")
    await come_and_pass(handle)

    await ear.world.until_held("status_update")
    assert ear.world.refunded == 1190
    await handle.signal("reject", {"reason": "noted there by hand", "actor": "ivo"})

    assert await ear.world.end(handle) == "closed"
    assert ear.heard == []
