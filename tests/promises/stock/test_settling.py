"""What was reserved is shipped or given back, each once, and never more than there was."""

import pytest

from models.errors import Conflict, NotFound


@pytest.fixture
async def held(shop):
    """Five cups on the shelf, four of them reserved under r1."""
    await shop.receive("cup", 5)
    await shop.reserve("r1", ("1", "cup", 4))
    return shop


async def test_a_release_gives_everything_back_once(held):
    await held.release("r1")
    await held.release("r1")

    assert await held.shelf("cup") == (5, 0)
    assert (await held.audit()).is_right


async def test_a_shipment_leaves_the_shelf_and_the_reservation(held):
    await held.consume("s1", "r1", ("1", "cup", 4))

    assert await held.shelf("cup") == (1, 0)
    assert (await held.audit()).is_right


async def test_a_shipment_told_twice_counts_once(held):
    await held.consume("s1", "r1", ("1", "cup", 2))
    await held.consume("s1", "r1", ("1", "cup", 2))

    assert await held.shelf("cup") == (3, 2)


@pytest.mark.slow
async def test_shipments_in_part_add_up_and_a_release_gives_back_the_rest(held):
    await held.consume("s1", "r1", ("1", "cup", 1))
    await held.consume("s2", "r1", ("1", "cup", 2))
    await held.release("r1")

    assert await held.shelf("cup") == (2, 0)
    assert (await held.audit()).is_right


async def test_a_release_after_everything_was_shipped_does_nothing(held):
    await held.consume("s1", "r1", ("1", "cup", 4))
    await held.release("r1")

    assert await held.shelf("cup") == (1, 0)


@pytest.mark.parametrize(
    "items",
    [
        [("1", "cup", 5)],
        [("1", "cup", 4), ("1", "cup", 1)],
        [("2", "cup", 1)],
        [("1", "pot", 1)],
        [("1", "cup", 1), ("2", "cup", 1)],
    ],
    ids=["too many", "too many in two parts", "another line", "another article", "one of two lines"],
)
async def test_more_than_is_reserved_for_the_line_is_refused_whole(held, items):
    with pytest.raises(Conflict):
        await held.consume("s1", "r1", *items)

    assert await held.shelf("cup") == (5, 4)
    assert (await held.audit()).is_right


async def test_goods_from_a_node_that_promised_none_are_refused(held):
    await held.receive("cup", 9, node="south")

    with pytest.raises(Conflict):
        await held.consume("s1", "r1", ("1", "cup", 1), node="south")


async def test_a_refused_shipment_may_be_told_again_under_its_key(held):
    with pytest.raises(Conflict):
        await held.consume("s1", "r1", ("1", "cup", 5))
    await held.consume("s1", "r1", ("1", "cup", 4))

    assert await held.shelf("cup") == (1, 0)


async def test_what_was_released_cannot_be_shipped(held):
    await held.release("r1")

    with pytest.raises(Conflict):
        await held.consume("s1", "r1", ("1", "cup", 1))


async def test_a_shipment_told_again_after_the_release_is_no_conflict(held):
    await held.consume("s1", "r1", ("1", "cup", 1))
    await held.release("r1")
    await held.consume("s1", "r1", ("1", "cup", 1))

    assert await held.shelf("cup") == (4, 0)


async def test_a_shipments_key_cannot_stand_for_another_shipment(held):
    await held.consume("s1", "r1", ("1", "cup", 1))

    with pytest.raises(Conflict):
        await held.consume("s1", "r1", ("1", "cup", 2))


async def test_another_order_can_neither_ship_nor_release_it(held):
    with pytest.raises(Conflict):
        await held.release("r1", order="order:b2b:2")
    with pytest.raises(Conflict):
        await held.consume("s1", "r1", ("1", "cup", 1), order="order:b2b:2")
    assert await held.shelf("cup") == (5, 4)


async def test_a_shipment_from_no_reservation_is_not_found(shop):
    with pytest.raises(NotFound):
        await shop.consume("s1", "r1", ("1", "cup", 1))


async def test_a_reservation_that_arrives_after_its_release_takes_nothing(shop):
    await shop.receive("cup", 5)
    await shop.release("r1")
    await shop.release("r1")

    with pytest.raises(Conflict):
        await shop.reserve("r1", ("1", "cup", 1))
    assert await shop.shelf("cup") == (5, 0)
