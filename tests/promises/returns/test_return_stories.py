"""What may happen to a return, each time on a real server."""

from __future__ import annotations

from tests.promises.returns.world import ReturnWorld, a_case, come_and_pass, start


async def test_a_return_is_authorised_received_inspected_refunded_and_closed(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    assert world.done("refund") == []

    await come_and_pass(handle)

    assert await world.end(handle) == "closed"
    assert world.states[-2:] == ["refunded", "closed"] or "refunded" in world.states
    assert world.refunded == 1190
    assert [memo.total.amount for memo in world.memos] == [1190]
    assert [event.type for event in world.told] == ["stock.returned", "stock.cleared"]
