"""Goods told to be gone before they were told to have come: the receipt explains it, and nothing is sold twice."""

from models.stock.quantities import StockState


async def test_a_sale_told_before_the_receipt_it_sold_from(floor):
    answer = await floor.sell(2, at=2)
    assert answer.unexplained[0].quantity == 2

    await floor.receive(5, at=1)

    assert (await floor.shelf()).on_hand == 3
    assert await floor.unexplained() == {}
    assert await floor.is_right()


async def test_goods_that_came_afterwards_explain_nothing(floor):
    await floor.sell(2, at=1)

    await floor.receive(5, at=2)

    assert (await floor.shelf()).on_hand == 5
    assert await floor.unexplained() == {"on_hand": -2}


async def test_a_receipt_too_small_explains_a_part(floor):
    await floor.sell(5, at=2)

    await floor.receive(2, at=1)

    assert (await floor.shelf()).on_hand == 0
    assert await floor.unexplained() == {"on_hand": -3}


async def test_a_damage_told_before_the_receipt(floor):
    await floor.set_aside(1, at=2)

    await floor.receive(3, at=1)

    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.damaged, shelf.available) == (3, 1, 2)
    assert await floor.unexplained() == {}
    assert await floor.is_right()


async def test_a_sale_that_names_no_lot_is_explained_by_a_lot_that_came_before(floor):
    await floor.sell(1, at=2)

    await floor.receive(3, at=1, lot="L1")

    assert (await floor.shelf(lot="L1")).on_hand == 2


async def test_goods_cleared_before_they_are_told_to_have_come_back(floor):
    answer = await floor.clear(1, StockState.IN_INSPECTION, at=2)
    assert answer.unexplained[0].quantity == 1
    assert await floor.unexplained() == {"in_inspection": -1}

    await floor.take_back(2, at=1)

    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.in_inspection, shelf.available) == (2, 1, 1)
    assert await floor.unexplained() == {}
    assert await floor.is_right()
