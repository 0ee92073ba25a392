"""Goods that are gone are gone: taken from those who deserve them least, who are told, and never refused."""

import pytest

from models.partners.events import StockLost
from models.stock.quantities import MovementKind, StockState
from models.stock.reservation import ReservationState
from tests.promises.stock_events.telling import order


async def test_what_nobody_was_promised_goes_first(floor):
    await floor.receive(5)
    await floor.reserve("a", 3)

    answer = await floor.sell(2)

    assert (answer.displaced, answer.unexplained) == ((), ())
    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.soft_reserved) == (3, 3)
    assert await floor.is_right()


async def test_then_what_is_set_aside_for_a_channel(floor):
    await floor.receive(5)
    await floor.reserve("a", 2)
    await floor.fence(3)

    answer = await floor.sell(2)

    assert answer.displaced == ()
    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.channel_reserved, shelf.soft_reserved) == (3, 1, 2)
    assert await floor.is_right()


@pytest.mark.slow
async def test_then_what_was_held_before_what_was_committed(floor):
    await floor.receive(4)
    await floor.reserve("firm", 2, firm=True)
    await floor.reserve("soft", 2, priority=900)

    answer = await floor.sell(3)

    assert [(one.order_id, one.quantity) for one in answer.displaced] == [(order("firm"), 1), (order("soft"), 2)]
    assert await floor.told() == {"firm": 1, "soft": 2}
    assert (await floor.open_of("firm"), await floor.open_of("soft")) == (1, 0)
    assert await floor.is_right()


async def test_the_lowest_priority_loses_first_and_among_equals_the_newest(floor):
    await floor.receive(4)
    await floor.reserve("dear", 1, priority=5, firm=True)
    for name in ("first", "second", "third"):
        floor.at = floor.at.replace(minute=floor.at.minute + 1)
        await floor.reserve(name, 1, firm=True)

    await floor.sell(1)
    assert await floor.told() == {"third": 1}
    await floor.sell(1)
    assert await floor.told() == {"third": 1, "second": 1}
    await floor.sell(1)
    assert await floor.told() == {"third": 1, "second": 1, "first": 1}
    await floor.sell(1)
    assert await floor.told() == {"third": 1, "second": 1, "first": 1, "dear": 1}
    assert await floor.is_right()


async def test_picked_goods_go_only_when_nothing_else_is_left(floor):
    await floor.receive(3)
    await floor.reserve("poor", 1, firm=True)
    await floor.reserve("rich", 2, priority=900, firm=True)
    await floor.pick("poor", 1)

    await floor.sell(2)
    assert await floor.told() == {"rich": 2}
    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.picked, shelf.allocated) == (1, 1, 0)

    await floor.sell(1)
    assert await floor.told() == {"rich": 2, "poor": 1}
    assert await floor.is_right()


async def test_what_even_that_cannot_explain_goes_to_the_difference_list(floor):
    await floor.receive(1)

    answer = await floor.sell(3)

    assert [(one.sku, one.node, one.quantity) for one in answer.unexplained] == [("cup", "north", 2)]
    assert await floor.unexplained() == {"on_hand": -2}
    await floor.sell(1)
    assert await floor.unexplained() == {"on_hand": -3}
    assert (await floor.shelf()).on_hand == 0


async def test_a_sale_of_what_nobody_ever_heard_of_is_noted(floor):
    answer = await floor.sell(2, node="nowhere")

    assert answer.unexplained[0].quantity == 2
    assert await floor.unexplained() == {"on_hand": -2}


async def test_the_order_hears_which_line_lost_what_where_and_why(floor):
    await floor.receive(2)
    await floor.reserve("a", 2, firm=True)

    await floor.set_aside(1, reason="dropped")

    events = await floor.events_of("a")
    (event,) = events
    assert isinstance(event, StockLost)
    assert (event.order_id, event.node, event.reason) == (order("a"), "north", "dropped")
    assert [(line.line_id, line.sku, line.quantity, line.lot) for line in event.lines] == [("1", "cup", 1, None)]
    (lost, found) = await floor.movements(MovementKind.CANCELLATION), await floor.movements(MovementKind.ADJUSTMENT)
    assert [(one.state, one.quantity, one.order_id, one.actor) for one in lost] == [
        ("allocated", -1, order("a"), "wms")
    ]
    assert [(one.state, one.quantity) for one in found] == [("damaged", 1)]


async def test_an_order_that_loses_everything_has_its_reservation_released(floor):
    await floor.receive(1)
    await floor.reserve("a", 1)

    await floor.sell(1)

    assert await floor.state_of("a") is ReservationState.RELEASED


async def test_a_fence_gets_nothing_back_of_what_is_gone(floor):
    await floor.receive(3)
    await floor.fence(3)
    await floor.reserve("a", 3)
    shelf = await floor.shelf()
    assert (shelf.soft_reserved, shelf.channel_reserved) == (3, 0)

    await floor.sell(2)

    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.soft_reserved, shelf.channel_reserved) == (1, 1, 0)
    assert await floor.is_right()


async def test_broken_goods_lie_there_still_and_are_for_sale_again_once_they_are_cleared(floor):
    await floor.receive(3)
    await floor.reserve("a", 2)

    await floor.set_aside(2)
    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.damaged, shelf.soft_reserved, shelf.available) == (3, 2, 1, 0)
    assert await floor.told() == {"a": 1}

    await floor.clear(1)
    assert (await floor.shelf()).available == 1
    assert await floor.is_right()


async def test_goods_that_were_looked_at_may_be_put_from_one_state_into_another(floor):
    await floor.receive(1)
    await floor.take_back(2)

    answer = await floor.set_aside(1, from_state=StockState.IN_INSPECTION)

    shelf = await floor.shelf()
    assert answer.unexplained == ()
    assert (shelf.on_hand, shelf.in_inspection, shelf.damaged, shelf.available) == (3, 1, 1, 1)
    assert await floor.is_right()


async def test_what_is_thrown_away_leaves_the_state_it_lay_in(floor):
    await floor.receive(3)
    await floor.set_aside(2)

    await floor.scrap(1, StockState.DAMAGED)
    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.damaged) == (2, 1)

    answer = await floor.scrap(3, StockState.DAMAGED)
    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.damaged) == (0, 0)
    assert answer.unexplained[0].quantity == 1
    assert await floor.is_right()


async def test_a_person_may_write_off_what_was_promised_and_what_is_broken(floor):
    await floor.receive(3)
    await floor.set_aside(1)
    await floor.reserve("a", 2)

    answer = await floor.adjust(-3)

    assert [one.quantity for one in answer.displaced] == [2]
    assert answer.unexplained == ()
    assert (await floor.shelf()).on_hand == 0
    assert await floor.is_right()


async def test_what_comes_back_is_looked_at_before_it_is_sold(floor):
    await floor.take_back(2)
    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.in_inspection, shelf.available) == (2, 2, 0)

    await floor.take_back(1, state=None)
    assert (await floor.shelf()).available == 1


async def test_two_lines_of_one_event_take_one_after_the_other(floor):
    await floor.receive(3)
    await floor.reserve("a", 2, firm=True)

    line = floor.sale(1).lines[0]
    answer = await floor.tell(floor.sale(1).model_copy(update={"lines": (line, line, line, line), "event_id": "many"}))

    assert [one.quantity for one in answer.displaced] == [2]
    assert [one.quantity for one in answer.unexplained] == [1]
    assert await floor.is_right()
