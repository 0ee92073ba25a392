"""A part of a reservation is given back once a message, and only what is still there to be given back."""

import pytest

from models.errors import Conflict, InvalidInput, NotFound
from models.stock.backorders import BackorderRequest
from models.stock.demand import Demand, Need
from models.stock.reservation import Freed, ReservationRelease, ReservationState


@pytest.fixture
async def held(shop):
    """Five cups and three pots on the shelf, four cups and two pots of them held under r1."""
    await shop.receive("cup", 5)
    await shop.receive("pot", 3)
    await shop.reserve("r1", ("1", "cup", 4), ("2", "pot", 2))
    return shop


async def test_a_part_goes_back_and_the_rest_stays(held):
    await held.release_part("p1", "r1", ("1", "cup", 3))

    assert await held.shelf("cup") == (5, 1)
    assert await held.shelf("pot") == (3, 2)
    assert (await held.audit()).is_right


async def test_a_part_told_twice_counts_once(held):
    await held.release_part("p1", "r1", ("1", "cup", 1))
    await held.release_part("p1", "r1", ("1", "cup", 1))

    assert await held.shelf("cup") == (5, 3)


async def test_a_parts_key_cannot_stand_for_another_part(held):
    await held.release_part("p1", "r1", ("1", "cup", 1))

    with pytest.raises(Conflict):
        await held.release_part("p1", "r1", ("1", "cup", 2))


async def test_no_more_goes_back_than_is_there(held):
    await held.consume("s1", "r1", ("1", "cup", 3))
    await held.release_part("p1", "r1", ("1", "cup", 4))

    assert await held.shelf("cup") == (2, 0)
    assert (await held.audit()).is_right


async def test_parts_that_come_to_all_of_it_end_the_reservation(held):
    await held.release_part("p1", "r1", ("1", "cup", 4))
    await held.release_part("p2", "r1", ("2", "pot", 2))

    assert (await held.commit("r1")).state is ReservationState.RELEASED
    assert (await held.audit()).is_right


async def test_what_is_left_of_it_is_committed_and_shipped(held):
    await held.release_part("p1", "r1", ("1", "cup", 3))
    await held.commit("r1")
    await held.consume("s1", "r1", ("1", "cup", 1), ("2", "pot", 2))

    assert await held.shelf("cup") == (4, 0)
    assert await held.shelf("pot") == (1, 0)


@pytest.mark.slow
async def test_of_several_nodes_the_parts_add_up(shop):
    await shop.receive("cup", 3, node="north")
    await shop.receive("cup", 3, node="south")
    await shop.reserve("r1", ("1", "cup", 6))

    await shop.release_part("p1", "r1", ("1", "cup", 5))

    assert sum([(await shop.shelf("cup", node))[1] for node in ("north", "south")]) == 1
    assert (await shop.audit()).is_right


async def test_a_part_needs_a_key_of_its_own(held):
    items = (Freed(line_id="1", sku="cup", quantity=1),)

    with pytest.raises(InvalidInput):
        await held.ledger.release(
            ReservationRelease(reservation_key="r1", order_id="order:b2b:1", reason="fewer", items=items)
        )


async def test_no_part_of_what_was_never_reserved_goes_back(shop):
    with pytest.raises(NotFound):
        await shop.release_part("p1", "r1", ("1", "cup", 1))


async def waits_for_cups(shop, quantity):
    needs = (Need(line_id="1", sku="cup", quantity=quantity),)
    return await shop.ledger.backorder(
        BackorderRequest(key="b1", order_id="order:b2b:1", needs=needs, demand=Demand(channel="b2b"))
    )


async def test_a_backorder_of_which_a_part_is_given_up_waits_for_the_rest(shop):
    await waits_for_cups(shop, 4)
    await shop.release_part("p1", "b1", ("1", "cup", 3))
    await shop.receive("cup", 1)

    assert await shop.shelf("cup") == (1, 1)
    assert (await shop.audit()).is_right


async def test_a_backorder_that_is_given_up_in_parts_or_whole_leaves_the_queue(shop):
    await waits_for_cups(shop, 4)
    await shop.release_part("p1", "b1", ("1", "cup", 1))
    await shop.release_part("p2", "b1", ("1", "cup", 3))
    await shop.receive("cup", 9)

    assert (await waits_for_cups(shop, 4)).state is ReservationState.RELEASED
    assert await shop.shelf("cup") == (9, 0)


@pytest.mark.parametrize("how", ["whole", "part", "too late"])
async def test_what_is_given_back_goes_to_whoever_waits_for_it(shop, how):
    await shop.receive("cup", 4)
    await shop.reserve("r1", ("1", "cup", 4))
    await waits_for_cups(shop, 4)

    if how == "whole":
        await shop.release("r1")
    elif how == "part":
        await shop.release_part("p1", "r1", ("1", "cup", 4))
    else:
        shop.clock.pass_by(days=3)
        await shop.commit("r1")

    assert (await waits_for_cups(shop, 4)).state is ReservationState.COMMITTED
    assert (await shop.balance("cup")).allocated == 4
    assert (await shop.audit()).is_right
