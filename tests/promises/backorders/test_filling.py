"""Stock that comes is given to those who wait for it, by itself, in policy's order, and never twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from activities.adapters.store.stock.queue.filling import fill_for
from models.errors import Conflict
from models.partners.events import BackorderFilled
from models.policy.stock.rules import Fallback, ShortageRule, ShortageRules, SourcingRules, StockRules
from models.stock.backorders import BackorderRequest
from models.stock.demand import Demand, Need
from models.stock.nodes import Lane
from models.stock.reservation import ReservationRequest, ReservationState
from tests.promises.backorders.waiting import MONDAY, order

if TYPE_CHECKING:
    from tests.promises.backorders.waiting import Waiting


async def test_a_backorder_is_filled_by_the_goods_that_come_and_its_order_hears_where_they_are(
    waiting: Waiting,
) -> None:
    answer = await waiting.wait_for("a", ("MUG", 3))
    assert answer.state is ReservationState.PENDING
    assert not answer.allocations

    await waiting.receive("MUG", 5)

    (event,) = await waiting.told()
    assert isinstance(event, BackorderFilled)
    assert (event.order_id, event.reservation_key) == (order("a"), "a")
    assert [(one.sku, one.node, one.quantity) for one in event.allocations] == [("MUG", "north", 3)]
    balance = await waiting.balance("MUG")
    assert (balance.on_hand, balance.allocated, balance.soft_reserved, balance.available) == (5, 3, 0, 2)


async def test_stock_that_is_there_already_fills_a_backorder_at_once_and_nobody_is_told_twice(waiting: Waiting) -> None:
    await waiting.receive("MUG", 5)
    answer = await waiting.wait_for("a", ("MUG", 3))
    assert answer.state is ReservationState.COMMITTED
    assert [(one.sku, one.quantity) for one in answer.allocations] == [("MUG", 3)]
    assert await waiting.told() == []


async def test_a_repeated_backorder_gets_the_same_place_and_reserves_nothing_more(waiting: Waiting) -> None:
    first = await waiting.wait_for("a", ("MUG", 3))
    assert await waiting.wait_for("a", ("MUG", 3)) == first
    await waiting.receive("MUG", 10)
    again = await waiting.wait_for("a", ("MUG", 3))
    assert again.state is ReservationState.COMMITTED
    assert (await waiting.balance("MUG")).allocated == 3


async def test_a_key_stands_for_one_backorder(waiting: Waiting) -> None:
    await waiting.wait_for("a", ("MUG", 3))
    with pytest.raises(Conflict, match="something else"):
        await waiting.wait_for("a", ("MUG", 4))


async def test_a_key_released_before_it_came_takes_no_place(waiting: Waiting) -> None:
    await waiting.release("a")
    with pytest.raises(Conflict, match="released"):
        await waiting.wait_for("a", ("MUG", 3))
    await waiting.receive("MUG", 5)
    assert (await waiting.balance("MUG")).available == 5


async def test_who_leaves_the_queue_gets_nothing_and_the_next_one_does(waiting: Waiting) -> None:
    await waiting.wait_for("a", ("MUG", 3))
    waiting.clock.pass_by(minutes=1)
    await waiting.wait_for("b", ("MUG", 3))
    await waiting.release("a")
    await waiting.receive("MUG", 3)
    assert await waiting.filled() == ["b"]


async def test_the_highest_priority_goes_first_and_then_who_ordered_first(waiting: Waiting) -> None:
    await waiting.wait_for("late", ("MUG", 1), placed_at=MONDAY)
    await waiting.wait_for("early", ("MUG", 1), placed_at=MONDAY - timedelta(days=1))
    await waiting.wait_for("dear", ("MUG", 1), priority=50, placed_at=MONDAY)
    filled = []
    for _ in range(3):
        await waiting.receive("MUG", 1)
        waiting.clock.pass_by(minutes=1)
        filled.append(sorted(set(await waiting.filled()) - {key for some in filled for key in some}))
    assert filled == [["dear"], ["early"], ["late"]]


async def test_a_small_one_does_not_take_what_a_large_one_before_it_can_use(waiting: Waiting) -> None:
    await waiting.wait_for("large", ("MUG", 10))
    waiting.clock.pass_by(minutes=1)
    await waiting.wait_for("small", ("MUG", 2))
    await waiting.receive("MUG", 6)
    assert await waiting.filled() == []
    await waiting.receive("MUG", 5)
    assert await waiting.filled() == ["large"]
    await waiting.receive("MUG", 1)
    assert sorted(await waiting.filled()) == ["large", "small"]


async def test_what_an_early_one_waits_for_in_vain_elsewhere_is_kept_for_it(waiting: Waiting) -> None:
    await waiting.wait_for("both", ("MUG", 2), ("LAMP", 1))
    waiting.clock.pass_by(minutes=1)
    await waiting.wait_for("mugs", ("MUG", 2))
    await waiting.receive("MUG", 3)
    assert await waiting.filled() == []
    await waiting.receive("LAMP", 1)
    assert await waiting.filled() == ["both"]


async def test_one_whose_articles_nobody_before_it_wants_goes_ahead(waiting: Waiting) -> None:
    await waiting.wait_for("mugs", ("MUG", 2))
    waiting.clock.pass_by(minutes=1)
    await waiting.wait_for("lamps", ("LAMP", 1))
    await waiting.receive("LAMP", 1)
    assert await waiting.filled() == ["lamps"]


async def test_one_that_cannot_be_sent_from_there_keeps_nobody_else_waiting(waiting: Waiting) -> None:
    await waiting.node("south", lanes=(Lane(country="ES"),))
    await waiting.wait_for("berlin", ("MUG", 1), country="DE")
    waiting.clock.pass_by(minutes=1)
    await waiting.wait_for("madrid", ("MUG", 1), country="ES")
    await waiting.receive("MUG", 1, node="south")
    assert await waiting.filled() == ["madrid"]


async def test_all_of_a_backorder_is_had_at_once_or_nothing_of_it(waiting: Waiting) -> None:
    await waiting.wait_for("a", ("MUG", 2), ("LAMP", 1))
    await waiting.receive("MUG", 2)
    assert (await waiting.balance("MUG")).available == 2
    await waiting.receive("LAMP", 1)
    assert (await waiting.balance("MUG")).allocated == 2
    assert (await waiting.balance("LAMP")).allocated == 1


async def test_what_another_order_gives_back_goes_to_the_queue(waiting: Waiting) -> None:
    await waiting.receive("MUG", 3)
    assert await waiting.reserve("quick", ("MUG", 3))
    await waiting.wait_for("patient", ("MUG", 2))
    await waiting.release("quick")
    assert await waiting.filled() == ["patient"]


async def test_two_who_fill_at_once_fill_once(waiting: Waiting) -> None:
    names = [f"o{number}" for number in range(6)]
    for name in names:
        await waiting.wait_for(name, ("MUG", 1))
        waiting.clock.pass_by(minutes=1)
    await waiting.stock_silently("MUG", 4)
    now = waiting.clock()
    counts = await asyncio.gather(
        *(fill_for(waiting.database, waiting.policies, {"MUG"}, now) for _ in range(3)),
    )
    assert sum(counts) == 4
    assert sorted(await waiting.filled()) == names[:4]
    balance = await waiting.balance("MUG")
    assert (balance.allocated, balance.available) == (4, 0)


async def test_the_sweep_fills_what_a_crash_has_left(waiting: Waiting) -> None:
    for name in ("a", "b", "c"):
        await waiting.wait_for(name, ("MUG", 1))
        waiting.clock.pass_by(minutes=1)
    await waiting.stock_silently("MUG", 3)
    assert await waiting.keeping.fill(limit=2) == 2
    assert await waiting.keeping.fill(limit=2) == 1
    assert await waiting.keeping.fill(limit=2) == 0
    assert sorted(await waiting.filled()) == ["a", "b", "c"]


async def test_an_order_that_goes_together_stands_in_one_place_and_gets_all_of_it_at_once(waiting: Waiting) -> None:
    backorder = ShortageRule(fallbacks=(Fallback.BACKORDER,))
    waiting.rule(StockRules(sourcing=SourcingRules(partial=False), shortage=ShortageRules(rules=(backorder,))))
    await waiting.receive("BULB", 9)
    await waiting.announce("PO-1", "LAMP", 9, days=4)
    needs = (Need(line_id="1", sku="LAMP", quantity=5), Need(line_id="2", sku="BULB", quantity=1))
    demand = Demand(channel="b2b")

    answer = await waiting.ledger.reserve(
        ReservationRequest(key="whole", order_id=order("whole"), needs=needs, demand=demand)
    )
    assert (answer.allocations, answer.together, [one.line_id for one in answer.remedies]) == ((), True, ["1"])
    request = BackorderRequest(key="whole/wait", order_id=order("whole"), needs=needs, demand=demand)
    assert (await waiting.ledger.backorder(request)).state is ReservationState.PENDING
    assert (await waiting.balance("BULB")).available == 9
    assert not await waiting.reserve("late", ("BULB", 9))
    await waiting.receive("LAMP", 9, supply="PO-1")

    assert await waiting.filled() == ["whole/wait"]
    assert (await waiting.balance("BULB")).allocated == 1
