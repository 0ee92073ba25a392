"""Lots: the one that is named, else the first to expire; and what is judged is kept back wherever it lies."""

from datetime import date, timedelta

import pytest

from activities.adapters.store.stock.queue.expiring import quarantine_outdated
from models.stock.lots import LotStatus
from models.stock.quantities import StockState
from models.stock.reservation import ReservationState
from tests.promises.stock_events.telling import order

SOON, LATER = date(2027, 1, 1), date(2027, 6, 1)


async def two_lots(floor):
    await floor.receive(3, lot="L1", expires_on=LATER)
    await floor.receive(3, lot="L2", expires_on=SOON)


async def test_a_sale_that_names_no_lot_takes_the_first_to_expire(floor):
    await two_lots(floor)

    await floor.sell(4)

    shelves = await floor.balances()
    assert (shelves["north", "L2"].on_hand, shelves["north", "L1"].on_hand) == (0, 2)


async def test_a_sale_that_names_a_lot_takes_that_one_only(floor):
    await two_lots(floor)

    answer = await floor.sell(4, lot="L1")

    shelves = await floor.balances()
    assert (shelves["north", "L2"].on_hand, shelves["north", "L1"].on_hand) == (3, 0)
    assert [(one.lot, one.quantity) for one in answer.unexplained] == [("L1", 1)]


async def test_free_goods_of_a_later_lot_go_before_promised_ones_of_the_first(floor):
    await two_lots(floor)
    await floor.reserve("a", 3)

    answer = await floor.sell(3)

    assert answer.displaced == ()
    assert await floor.is_right()


@pytest.mark.parametrize("status", [LotStatus.QUARANTINED, LotStatus.RECALLED])
async def test_a_judged_lot_is_kept_back_everywhere_and_orders_are_told(floor, status):
    await floor.receive(5, lot="L1")
    await floor.receive(2, lot="L1", node="south")
    await floor.receive(4, lot="L2")
    await floor.set_aside(1, lot="L1")
    await floor.reserve("a", 8, firm=True)
    await floor.pick("a", 1, lot="L1")

    answer = await floor.judge(status)

    shelves = await floor.balances()
    north, south, other = shelves["north", "L1"], shelves["south", "L1"], shelves["north", "L2"]
    assert (north.on_hand, north.quarantined, north.picked, north.damaged) == (5, 4, 0, 1)
    assert (south.quarantined, south.available) == (2, 0)
    assert other.quarantined == 0
    assert {one.lot for one in answer.displaced} == {"L1"}
    assert sum(one.quantity for one in answer.displaced) == (await floor.told())["a"] == 8 - await floor.open_of("a")
    assert await floor.is_right()


@pytest.mark.parametrize("status", [LotStatus.QUARANTINED, LotStatus.RECALLED])
async def test_an_order_hears_of_a_judged_lot_that_a_picker_holds_for_it(floor, status):
    await floor.receive(3, lot="L1")
    await floor.reserve("firm", 2, firm=True)
    await floor.reserve("soft", 1)
    await floor.pick("firm", 2)
    await floor.pick("soft", 1)

    answer = await floor.judge(status, reason="glass in it")

    assert {one.order_id: one.quantity for one in answer.displaced} == {order("firm"): 2, order("soft"): 1}
    assert await floor.told() == {"firm": 2, "soft": 1}
    (event,) = await floor.events_of("firm")
    assert [(line.sku, line.lot, line.quantity) for line in event.lines] == [("cup", "L1", 2)]
    assert event.reason == "glass in it"
    assert await floor.state_of("firm") is ReservationState.RELEASED
    shelf = await floor.shelf(lot="L1")
    assert (shelf.on_hand, shelf.picked, shelf.quarantined) == (3, 0, 3)
    assert await floor.is_right()


async def test_what_a_picker_had_to_put_back_is_for_sale_again_once_its_lot_is_released(floor):
    await floor.receive(2, lot="L1")
    await floor.reserve("a", 2, firm=True)
    await floor.pick("a", 1)
    await floor.judge(LotStatus.RECALLED, at=1)

    await floor.judge(LotStatus.RELEASED, at=2)

    assert (await floor.shelf(lot="L1")).available == 2
    assert await floor.is_right()


async def test_a_released_lot_is_for_sale_again(floor):
    await floor.receive(5, lot="L1")
    await floor.judge(LotStatus.QUARANTINED, at=1)
    assert (await floor.shelf(lot="L1")).available == 0

    await floor.judge(LotStatus.RELEASED, at=2)

    assert (await floor.shelf(lot="L1")).available == 5


async def test_an_older_judgement_that_comes_late_changes_nothing(floor):
    await floor.receive(5, lot="L1")
    await floor.judge(LotStatus.RELEASED, at=2)
    await floor.judge(LotStatus.RECALLED, at=1)

    assert (await floor.shelf(lot="L1")).available == 5


async def test_goods_of_a_judged_lot_are_kept_back_when_they_come(floor):
    await floor.judge(LotStatus.RECALLED)

    await floor.receive(2, lot="L1")
    await floor.take_back(1, lot="L1", state=None)
    await floor.tell(floor.arrival(1, lot="L1"))
    await floor.take_back(1, lot="L1")
    await floor.clear(1, StockState.IN_INSPECTION, lot="L1")
    await floor.adjust(1, lot="L1")
    await floor.tell(floor.count(9, lot="L1"))

    shelves = await floor.balances()
    assert shelves["north", "L1"].available == 0
    assert shelves["south", "L1"].available == 0
    assert (shelves["north", "L1"].on_hand, shelves["north", "L1"].quarantined) == (9, 9)
    assert await floor.is_right()


async def test_a_lots_date_is_kept_as_it_was_first_told(floor):
    await floor.receive(1, lot="L1")
    await floor.receive(1, lot="L1", expires_on=SOON)
    await floor.receive(1, lot="L1", expires_on=LATER)
    await floor.receive(1, lot="L2", expires_on=LATER.replace(month=3))

    await floor.sell(3)

    assert (await floor.shelf(lot="L1")).on_hand == 0


async def test_a_new_date_puts_nothing_back_on_sale_that_was_set_aside_for_itself(floor):
    await floor.receive(5, lot="L1")
    await floor.set_aside(2, lot="L1", state=StockState.QUARANTINED)

    await floor.judge(LotStatus.RELEASED, expires_on=LATER)

    shelf = await floor.shelf(lot="L1")
    assert (shelf.available, shelf.quarantined) == (3, 2)


async def test_a_lot_that_had_expired_and_gets_a_later_date_is_for_sale_again(floor):
    yesterday = (floor.at - timedelta(days=1)).date()
    await floor.receive(5, lot="L1", expires_on=yesterday)
    await floor.set_aside(2, lot="L1", state=StockState.QUARANTINED)
    await quarantine_outdated(floor.database, floor.at)
    assert (await floor.shelf(lot="L1")).quarantined == 5

    for day in (LATER, SOON):
        await floor.judge(LotStatus.RELEASED, expires_on=day)
        shelf = await floor.shelf(lot="L1")
        assert (shelf.available, shelf.quarantined) == (3, 2)
    assert await floor.is_right()
