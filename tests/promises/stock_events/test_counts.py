"""A count says what lay there at its moment; what moved since then is kept."""

from models.stock.quantities import MovementKind
from tests.promises.stock_events.telling import hours


async def test_a_count_brings_the_books_to_what_was_found(floor):
    await floor.receive(5)

    fewer = await floor.tell(floor.count(3, at=1))
    assert (fewer.corrected, (await floor.shelf()).on_hand) == (2, 3)
    more = await floor.tell(floor.count(7, at=2))
    assert (more.corrected, (await floor.shelf()).on_hand) == (4, 7)
    same = await floor.tell(floor.count(7, at=3))
    assert same.corrected == 0
    assert [one.quantity for one in await floor.movements(MovementKind.COUNT)] == [-2, 4]
    assert await floor.is_right()


async def test_a_count_may_find_what_the_books_never_had(floor):
    answer = await floor.tell(floor.count(2))

    assert (answer.corrected, (await floor.shelf()).on_hand) == (2, 2)


async def test_what_moved_after_the_count_is_kept(floor):
    await floor.receive(5)
    await floor.sell(2, at=2)
    await floor.receive(10, at=3)

    answer = await floor.tell(floor.count(4, at=1))

    assert (answer.corrected, (await floor.shelf()).on_hand) == (1, 12)


async def test_a_parcel_that_left_after_the_count_is_kept(floor):
    await floor.receive(5)
    await floor.reserve("a", 2, firm=True)
    floor.at = hours(2)
    await floor.ship("a", 2)

    await floor.tell(floor.count(5, at=1))

    assert (await floor.shelf()).on_hand == 3


async def test_a_count_older_than_a_later_one_changes_nothing(floor):
    await floor.receive(5)
    await floor.tell(floor.count(5, at=2))

    answer = await floor.tell(floor.count(1, at=1))

    assert (answer.corrected, (await floor.shelf()).on_hand) == (0, 5)


async def test_goods_that_were_not_found_are_taken_as_if_they_were_gone(floor):
    await floor.receive(5)
    await floor.set_aside(1)
    await floor.reserve("a", 3, firm=True)

    answer = await floor.tell(floor.count(2, at=1))

    assert [one.quantity for one in answer.displaced] == [2]
    assert answer.unexplained == ()
    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.damaged, shelf.allocated) == (2, 1, 1)
    await floor.tell(floor.count(0, at=2))
    assert (await floor.shelf()).on_hand == 0
    assert await floor.is_right()


async def test_each_lot_is_counted_by_itself(floor):
    await floor.receive(5, lot="L1")
    await floor.receive(5, lot="L2")

    await floor.tell(floor.count(3, lot="L1", at=1))

    shelves = await floor.balances()
    assert (shelves["north", "L1"].on_hand, shelves["north", "L2"].on_hand) == (3, 5)


async def test_what_happened_before_a_count_and_is_told_later_the_count_has_seen_already(floor):
    await floor.receive(5)
    await floor.tell(floor.count(4, at=2))

    late = await floor.sell(1, at=1)
    assert (late.unexplained, (await floor.shelf()).on_hand) == ((), 4)
    await floor.receive(3, at=1)
    assert (await floor.shelf()).on_hand == 4
    assert (await floor.shelf()).available == 4
    await floor.sell(1, at=3)
    assert (await floor.shelf()).on_hand == 3
    assert await floor.is_right()


async def test_a_sale_before_the_count_takes_nothing_from_an_order_when_it_is_told(floor):
    await floor.receive(5)
    await floor.tell(floor.count(4, at=2))
    await floor.reserve("a", 4)

    answer = await floor.sell(1, at=1)

    assert answer.displaced == ()
    assert await floor.is_right()


async def test_a_count_settles_what_nobody_could_explain_before(floor):
    await floor.sell(2)
    await floor.tell(floor.count(3, at=1))

    assert await floor.unexplained() == {}
    await floor.receive(2, at=-1)
    assert (await floor.shelf()).on_hand == 3
