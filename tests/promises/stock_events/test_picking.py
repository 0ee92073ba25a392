"""What a picker has in his hands is noted with the order it is for."""

from datetime import date

from models.stock.quantities import MovementKind

SOON, LATER = date(2027, 1, 1), date(2027, 6, 1)


async def test_what_was_promised_firmly_is_picked(floor):
    await floor.receive(5)
    await floor.reserve("a", 3, firm=True)

    await floor.pick("a", 2)

    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.allocated, shelf.picked) == (5, 1, 2)
    assert {one.kind for one in await floor.movements(MovementKind.PICK)} == {"pick"}
    assert await floor.is_right()


async def test_what_is_only_held_may_be_picked_too(floor):
    await floor.receive(5)
    await floor.reserve("a", 3)

    await floor.pick("a", 3)

    shelf = await floor.shelf()
    assert (shelf.soft_reserved, shelf.picked) == (0, 3)
    assert await floor.is_right()


async def test_more_than_was_promised_is_noted_and_not_written(floor):
    await floor.receive(5)
    await floor.reserve("a", 3, firm=True)

    answer = await floor.pick("a", 5)

    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.picked, shelf.available) == (5, 3, 2)
    assert [one.quantity for one in answer.unexplained] == [2]
    assert await floor.unexplained() == {"picked": 2}


async def test_a_pick_that_is_told_after_the_parcel_has_left_says_nothing_new(floor):
    await floor.receive(5)
    await floor.reserve("a", 3, firm=True)
    await floor.ship("a", 3)

    answer = await floor.pick("a", 3)

    assert answer.unexplained == ()
    assert (await floor.shelf()).picked == 0


async def test_another_lot_than_was_reserved_may_be_picked(floor):
    await floor.receive(3, lot="L1", expires_on=SOON)
    await floor.receive(3, lot="L2", expires_on=LATER)
    await floor.reserve("a", 2, firm=True)

    await floor.pick("a", 2, lot="L2")

    shelves = await floor.balances()
    assert (shelves["north", "L1"].allocated, shelves["north", "L1"].available) == (0, 3)
    assert (shelves["north", "L2"].picked, shelves["north", "L2"].available) == (2, 1)
    assert await floor.is_right()


async def test_where_the_lot_has_nothing_to_spare_the_reserved_one_is_picked(floor):
    await floor.receive(3, lot="L1")
    await floor.reserve("a", 2, firm=True)

    await floor.pick("a", 2, lot="L9")

    assert (await floor.shelf(lot="L1")).picked == 2
    assert await floor.is_right()
