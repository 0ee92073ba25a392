"""Of several lots the first to expire is promised and goes first; where another one went, the books follow."""

from datetime import date

import pytest

from models.errors import Conflict

EARLY, LATE = date(2027, 1, 31), date(2027, 6, 30)


@pytest.fixture
async def shelved(shop):
    """Three of a lot that expires in January, and five of one that expires in June."""
    await shop.receive("milk", 5, lot="june", expires_on=LATE)
    await shop.receive("milk", 3, lot="jan", expires_on=EARLY)
    return shop


async def lots(shop):
    """On hand and promised, by lot."""
    return {lot: await shop.shelf("milk", lot=lot) for lot in ("jan", "june")}


async def test_the_lot_that_expires_first_is_promised_first(shelved):
    answer = await shelved.reserve("r1", ("1", "milk", 4))

    assert [(one.lot, one.quantity) for one in answer.allocations] == [("jan", 3), ("june", 1)]


async def test_where_nobody_names_a_lot_the_first_to_expire_went(shelved):
    await shelved.reserve("r1", ("1", "milk", 4))
    await shelved.consume("s1", "r1", ("1", "milk", 2))

    assert await lots(shelved) == {"jan": (1, 1), "june": (5, 1)}
    assert (await shelved.audit()).is_right


async def test_a_lot_that_is_named_went(shelved):
    await shelved.reserve("r1", ("1", "milk", 4))
    await shelved.consume("s1", "r1", ("1", "milk", 1), lot="june")

    assert await lots(shelved) == {"jan": (3, 3), "june": (4, 0)}


async def test_what_is_given_back_in_part_is_what_expires_last(shelved):
    await shelved.reserve("r1", ("1", "milk", 4))
    await shelved.release_part("p1", "r1", ("1", "milk", 2))

    assert await lots(shelved) == {"jan": (3, 2), "june": (5, 0)}


@pytest.mark.parametrize("firm", [False, True])
async def test_another_lot_that_went_leaves_its_own_shelf_and_the_reserved_one_is_given_back(shelved, firm):
    await shelved.reserve("r1", ("1", "milk", 3))
    if firm:
        await shelved.commit("r1")

    await shelved.consume("s1", "r1", ("1", "milk", 2), lot="june")

    assert await lots(shelved) == {"jan": (3, 1), "june": (3, 0)}
    assert (await shelved.audit()).is_right


async def test_a_shipment_of_another_lot_told_twice_counts_once(shelved):
    await shelved.reserve("r1", ("1", "milk", 3))
    for _ in range(2):
        await shelved.consume("s1", "r1", ("1", "milk", 3), lot="june")

    assert await lots(shelved) == {"jan": (3, 0), "june": (2, 0)}


async def test_another_lot_of_which_the_books_have_none_to_spare_counts_as_the_reserved_one(shelved):
    await shelved.reserve("r1", ("1", "milk", 3))
    await shelved.reserve("r2", ("1", "milk", 4))

    await shelved.consume("s1", "r1", ("1", "milk", 3), lot="june")

    assert await lots(shelved) == {"jan": (0, 0), "june": (5, 4)}
    assert (await shelved.audit()).is_right


async def test_a_lot_nobody_has_heard_of_counts_as_the_reserved_one(shelved):
    await shelved.reserve("r1", ("1", "milk", 3))
    await shelved.consume("s1", "r1", ("1", "milk", 3), lot="july")

    assert await lots(shelved) == {"jan": (0, 0), "june": (5, 0)}
    assert (await shelved.audit()).is_right


async def test_no_lot_makes_more_of_a_reservation_than_it_is(shelved):
    await shelved.reserve("r1", ("1", "milk", 3))

    with pytest.raises(Conflict):
        await shelved.consume("s1", "r1", ("1", "milk", 4), lot="june")
    assert await lots(shelved) == {"jan": (3, 3), "june": (5, 0)}
