"""Who waits knows until when: dates follow supply and the queue, and each new one is told once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from models.order.document import Delivery
from models.stock.backorders import BackorderRequest
from models.stock.demand import Demand, Need
from models.stock.events import LotJudged, StockLine, SupplyAnnounced
from models.stock.lots import LotStatus
from models.stock.nodes import NodeKind
from models.stock.reservation import ReservationState
from tests.promises.backorders.waiting import MONDAY, order

if TYPE_CHECKING:
    from tests.promises.backorders.waiting import Waiting


async def test_without_supply_nobody_knows(waiting: Waiting) -> None:
    assert (await waiting.wait_for("a", ("MUG", 3))).expected_at is None


async def test_the_answer_names_the_date_of_the_supply_that_serves_it(waiting: Waiting) -> None:
    first = await waiting.announce("PO-1", "MUG", 5, days=7)
    second = await waiting.announce("PO-2", "MUG", 5, days=14)
    assert (await waiting.wait_for("a", ("MUG", 4))).expected_at == first
    waiting.clock.pass_by(minutes=1)
    # One is left of the first supply, and kept for this one.
    assert (await waiting.wait_for("b", ("MUG", 3))).expected_at == second
    waiting.clock.pass_by(minutes=1)
    assert (await waiting.wait_for("c", ("MUG", 9))).expected_at is None
    assert await waiting.told() == []


async def test_several_articles_are_expected_when_the_last_of_them_is(waiting: Waiting) -> None:
    await waiting.announce("PO-1", "MUG", 5, days=7)
    later = await waiting.announce("PO-2", "LAMP", 5, days=9)
    assert (await waiting.wait_for("a", ("MUG", 1), ("LAMP", 1))).expected_at == later


async def test_a_delay_is_told_once_to_whom_it_touches(waiting: Waiting) -> None:
    await waiting.announce("PO-1", "MUG", 3, days=7)
    await waiting.announce("PO-2", "MUG", 5, days=30)
    await waiting.wait_for("a", ("MUG", 3))
    waiting.clock.pass_by(minutes=1)
    await waiting.wait_for("b", ("MUG", 5))

    delayed = await waiting.delay("PO-1", days=10)
    await waiting.delay("PO-1", days=10)
    await waiting.keeping.fill(limit=10)

    assert await waiting.dates("a") == [delayed]
    assert await waiting.dates("b") == []
    assert (await waiting.wait_for("a", ("MUG", 3))).expected_at == delayed


async def test_supply_that_is_called_off_is_told_and_so_is_the_next_one(waiting: Waiting) -> None:
    await waiting.announce("PO-1", "MUG", 3, days=7)
    await waiting.wait_for("a", ("MUG", 3))
    await waiting.call_off("PO-1")
    waiting.clock.pass_by(minutes=1)
    expected = await waiting.announce("PO-2", "MUG", 3, days=21)
    assert await waiting.dates("a") == [None, expected]


async def test_who_is_overtaken_hears_of_it(waiting: Waiting) -> None:
    await waiting.announce("PO-1", "MUG", 3, days=7)
    second = await waiting.announce("PO-2", "MUG", 3, days=14)
    await waiting.wait_for("usual", ("MUG", 3))
    waiting.clock.pass_by(minutes=1)
    await waiting.wait_for("dear", ("MUG", 3), priority=10)
    assert await waiting.dates("usual") == [second]


async def test_what_is_there_is_kept_for_it_and_only_the_rest_is_waited_for(waiting: Waiting) -> None:
    first = await waiting.announce("PO-1", "MUG", 3, days=7)
    await waiting.announce("PO-2", "MUG", 3, days=14)
    await waiting.receive("MUG", 2)
    answer = await waiting.wait_for("a", ("MUG", 5))
    assert answer.state is ReservationState.PENDING
    assert answer.expected_at == first


async def test_a_partial_delivery_moves_the_date_to_the_next_supply(waiting: Waiting) -> None:
    await waiting.announce("PO-1", "MUG", 5, days=7)
    second = await waiting.announce("PO-2", "MUG", 5, days=14)
    await waiting.wait_for("a", ("MUG", 4))
    waiting.clock.pass_by(days=7)
    await waiting.receive("MUG", 3, supply="PO-1")
    # Two are outstanding still, and one of them will do.
    assert await waiting.dates("a") == []
    await waiting.call_off("PO-1")
    assert await waiting.dates("a") == [second]


async def test_supply_for_another_node_brings_nothing_nearer_to_where_it_is_collected(waiting: Waiting) -> None:
    await waiting.node("north")
    await waiting.node("corner", kind=NodeKind.STORE, collects=True)
    await waiting.announce("PO-1", "MUG", 9, days=4)
    demand = Demand(channel="b2b", delivery=Delivery.PICK_UP, pick_up_at="corner")
    need = Need(line_id="1", sku="MUG", quantity=2)

    answer = await waiting.ledger.backorder(
        BackorderRequest(key="comes", order_id=order("comes"), needs=(need,), demand=demand)
    )

    assert answer.expected_at is None
    assert (await waiting.wait_for("gets", ("MUG", 9))).expected_at == MONDAY + timedelta(days=4)


async def test_too_little_for_an_early_one_is_not_promised_to_a_later_one(waiting: Waiting) -> None:
    await waiting.announce("PO-1", "MUG", 5, days=4)
    assert (await waiting.wait_for("large", ("MUG", 9))).expected_at is None
    assert (await waiting.wait_for("small", ("MUG", 2))).expected_at is None


async def test_a_lot_that_is_recalled_before_it_comes_is_nothing_to_wait_for(waiting: Waiting) -> None:
    line = StockLine(sku="MUG", quantity=5, lot="L1")
    announced = {"supply_id": "PO-L", "node": "north", "lines": (line,), "expected_at": MONDAY + timedelta(days=3)}
    await waiting.tell(SupplyAnnounced(event_id="a", occurred_at=MONDAY, **announced))
    assert (await waiting.wait_for("patient", ("MUG", 3))).expected_at == announced["expected_at"]

    await waiting.tell(LotJudged(event_id="j", occurred_at=MONDAY, sku="MUG", lot="L1", status=LotStatus.RECALLED))

    assert await waiting.dates("patient") == [None]


async def test_a_lot_that_will_have_expired_when_it_comes_is_nothing_to_wait_for(waiting: Waiting) -> None:
    line = StockLine(sku="MUG", quantity=5, lot="L1", expires_on=MONDAY.date() + timedelta(days=2))
    announced = {"supply_id": "PO-L", "node": "north", "lines": (line,), "expected_at": MONDAY + timedelta(days=3)}
    await waiting.tell(SupplyAnnounced(event_id="a", occurred_at=MONDAY, **announced))

    assert (await waiting.wait_for("patient", ("MUG", 3))).expected_at is None
