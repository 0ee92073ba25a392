"""What our own books stumble over again and again stands in integration's queue, and is tried until it is mended."""

from __future__ import annotations

import pytest
from temporalio.client import Client

from models.errors import Transient
from models.order.snapshot import Headline
from models.states.hold import Hold, HoldState
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import World, start
from tests.promises.returns.world import ReturnWorld, a_case, come_and_pass
from tests.promises.returns.world import ports as returned
from tests.promises.returns.world import start as begin
from workers.assembly import Workers

pytestmark = pytest.mark.slow  # the first pauses are no timers that a server could skip
WORD = {"reason": "the row is put right", "actor": "ines"}
FOR_EVER = 10_000


def the_hold(world: World) -> Hold:
    return next(hold for hold in world.last.holds if hold.kind == "data_quality")


async def test_an_order_that_our_books_stumble_over_is_in_a_queue_and_an_approval_tries_again(
    client: Client, world: World, stumbles: dict[str, int]
) -> None:
    stumbles["reserve"] = FOR_EVER
    order = an_order(mug=2)
    handle = await start(client, order)
    await world.until_held("data_quality")
    hold = the_hold(world)
    assert (hold.owner, hold.waiting_on) == ("integration", "orderloom")
    assert hold.reason == "our own books could not reserve the stock: KeyError: 'tax_class'"

    stumbles.clear()
    await handle.signal("approve", WORD)

    assert await world.end(handle) == Headline.COMPLETED
    assert the_hold(world).state in {HoldState.APPROVED, HoldState.RELEASED}
    assert world.money["captured"] == order.total.amount


async def test_what_passes_by_itself_needs_nobodys_answer(
    client: Client, world: World, stumbles: dict[str, int]
) -> None:
    stumbles["consume"] = 30

    handle = await start(client, an_order(mug=2))

    assert await world.end(handle) == Headline.COMPLETED
    assert the_hold(world).state is HoldState.RELEASED
    assert the_hold(world).decision_reason == "our own books answer again"
    assert stumbles["consume"] == 0


async def test_an_order_whose_hold_is_rejected_ends_though_nothing_was_mended(
    client: Client, world: World, stumbles: dict[str, int]
) -> None:
    stumbles["commit"] = FOR_EVER
    handle = await start(client, an_order(mug=2))
    await world.until_held("data_quality")

    await handle.signal("reject", WORD)

    assert await world.end(handle) == Headline.CANCELLED
    assert world.stock["MUG"] == 100
    assert not world.released


async def test_a_wish_to_cancel_is_met_while_our_books_stumble(
    client: Client, world: World, stumbles: dict[str, int]
) -> None:
    stumbles["commit"] = FOR_EVER
    handle = await start(client, an_order(mug=2))
    await world.until_held("data_quality")

    await handle.signal("cancel", WORD)

    assert await world.end(handle) == Headline.CANCELLED
    assert the_hold(world).decision_reason == "our own books are not asked for it any more"


async def test_a_state_that_our_book_cannot_take_down_is_shown_elsewhere_until_it_can(
    client: Client, world: World, stumbles: dict[str, int]
) -> None:
    stumbles["record"] = FOR_EVER
    handle = await start(client, an_order(mug=2))
    await world.until(lambda: stumbles["record"] < FOR_EVER - 7)

    described = await handle.describe()
    assert described.search_attributes["WaitingOn"] == ["orderloom"]
    stumbles.clear()

    assert await world.end(handle) == Headline.COMPLETED


async def test_a_return_is_in_the_same_queue(client: Client) -> None:
    world = ReturnWorld(client=client)
    world.own_refusals["claim"] = [Transient("store", "the database is too busy")] * FOR_EVER
    async with Workers(client, **returned(world)).running():
        handle = await begin(world, a_case())
        await world.until_state("authorised")
        await come_and_pass(handle)
        await world.until_held("data_quality")
        assert world.now.holds[0].owner == "integration"

        world.own_refusals.clear()
        await handle.signal("approve", WORD)

        assert await world.end(handle) == "closed"
        assert world.refunded == 1190
