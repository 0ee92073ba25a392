"""A reservation is all of it or nothing, and the same answer however often it is asked for."""

import pytest

from models.errors import Conflict, InvalidInput


async def test_what_is_granted_is_reserved_at_the_node_that_has_it(shop):
    await shop.receive("cup", 5)

    answer = await shop.reserve("r1", ("1", "cup", 3))

    assert answer.granted
    assert [(one.line_id, one.sku, one.quantity, one.node) for one in answer.allocations] == [("1", "cup", 3, "north")]
    assert await shop.shelf("cup") == (5, 3)


async def test_one_short_line_leaves_every_line_unreserved(shop):
    await shop.receive("cup", 5)
    await shop.receive("pot", 1)

    answer = await shop.reserve("r1", ("1", "cup", 5), ("2", "pot", 2), ("3", "lid", 1))

    assert not answer.granted
    assert [(one.sku, one.wanted, one.available) for one in answer.shortages] == [("lid", 1, 0), ("pot", 2, 1)]
    assert await shop.shelf("cup") == (5, 0)
    assert await shop.shelf("pot") == (1, 0)
    assert (await shop.audit()).is_right


async def test_lines_that_want_the_same_article_are_short_together(shop):
    await shop.receive("cup", 5)

    answer = await shop.reserve("r1", ("1", "cup", 3), ("2", "cup", 3))

    assert [(one.sku, one.wanted, one.available) for one in answer.shortages] == [("cup", 6, 5)]


async def test_asked_again_the_first_answer_is_given_and_nothing_more_is_taken(shop):
    await shop.receive("cup", 3, node="north")
    await shop.receive("cup", 3, node="south")

    needs = (("2", "cup", 2), ("1", "cup", 4))
    first = await shop.reserve("r1", *needs)
    again = await shop.reserve("r1", *needs)

    assert again == first.model_copy(update={"decision": None})
    assert sum(one.soft_reserved for one in await shop.balances("cup")) == 6


async def test_the_first_answer_is_given_though_nothing_is_left(shop):
    await shop.receive("cup", 2)

    first = await shop.reserve("r1", ("1", "cup", 2))
    again = await shop.reserve("r1", ("1", "cup", 2))

    assert again == first.model_copy(update={"decision": None})


async def test_a_refused_request_may_be_asked_again_under_its_key(shop):
    await shop.receive("cup", 1)
    assert not (await shop.reserve("r1", ("1", "cup", 2))).granted
    await shop.receive("cup", 1, key="second-delivery")

    assert (await shop.reserve("r1", ("1", "cup", 2))).granted


async def test_a_key_cannot_stand_for_other_needs_or_another_order(shop):
    await shop.receive("cup", 9)
    await shop.reserve("r1", ("1", "cup", 2))

    with pytest.raises(Conflict):
        await shop.reserve("r1", ("1", "cup", 3))
    with pytest.raises(Conflict):
        await shop.reserve("r1", ("1", "cup", 2), order="order:b2b:2")
    assert await shop.shelf("cup") == (9, 2)


async def test_a_line_beyond_its_bounds_is_refused_as_bad_input(shop):
    with pytest.raises(InvalidInput):
        await shop.reserve("r1", ("1", "cup", 1_000_000), ("1", "cup", 1))


async def test_a_shelf_may_hold_more_than_a_line_may_ask_for(shop):
    await shop.receive("screw", 1_000_000, key="a")
    await shop.receive("screw", 1_000_000, key="b")

    assert await shop.shelf("screw") == (2_000_000, 0)


async def test_an_article_may_have_any_readable_name(shop):
    await shop.receive("Tasse 'blau' % 茶碗 🍵", 1)

    assert (await shop.reserve("r1", ("1", "Tasse 'blau' % 茶碗 🍵", 1))).granted
