"""What lies on our shelves is compared with the warehouse's and the ERP's own books."""

from __future__ import annotations

from datetime import timedelta

import pytest
import pytest_asyncio

from activities.adapters.store.stock.books.auditing import audit_books
from activities.adapters.store.stock.books.comparing import compare
from activities.adapters.store.stock.movements import open_balances
from models.partners.warehouse import NodeCount
from models.policy.stock.rules import DriftRules
from models.stock.differences import DifferenceKind
from tests.promises.stock_proof.books import FIRM, NOW, SOFT, by_hand, write_right_books

AT_ONCE = DriftRules(seen_before_shown=1)
WAREHOUSE = DifferenceKind.WAREHOUSE


def counts(*said: tuple[str, str, int]) -> tuple[NodeCount, ...]:
    return tuple(NodeCount(node=node, sku=sku, quantity=quantity) for node, sku, quantity in said)


@pytest_asyncio.fixture
async def books(database):
    """Ten cups in the north, in two lots, and two in the south."""
    await write_right_books(database)
    await by_hand(
        database,
        "INSERT INTO nodes (name, priority, node) VALUES ('south', 1, '{\"name\":\"south\"}')",
        "UPDATE stock_balances SET on_hand = 7 WHERE sku = 'cup'",
    )
    async with database.writing() as connection:
        await open_balances(connection, [("cup", "north", "L2"), ("cup", "south", "")])
    await by_hand(
        database,
        "UPDATE stock_balances SET on_hand = 3 WHERE lot = 'L2'",
        "UPDATE stock_balances SET on_hand = 2 WHERE node = 'south'",
    )
    return database


async def test_the_same_on_both_sides_is_no_difference(books):
    assert await compare(books, AT_ONCE, WAREHOUSE, counts(("north", "cup", 6), ("north", "cup", 4)), NOW) == ()


async def test_each_kind_of_difference_names_the_article_and_the_orders(books):
    theirs = counts(("north", "cup", 9), ("north", "bowl", 5), ("south", "bowl", 0))

    found = await compare(books, AT_ONCE, WAREHOUSE, theirs, NOW)

    assert [(one.node, one.sku, one.ours, one.theirs, one.orders) for one in found] == [
        ("north", "bowl", 0, 5, ()),
        ("north", "cup", 10, 9, (FIRM, SOFT)),
        ("south", "cup", 2, 0, ()),
    ]


async def test_a_node_they_do_not_mention_is_not_compared(books):
    assert await compare(books, AT_ONCE, WAREHOUSE, counts(("north", "cup", 10)), NOW) == ()
    assert await compare(books, AT_ONCE, WAREHOUSE, (), NOW) == ()


async def test_a_difference_is_shown_when_it_lasts(books):
    rules = DriftRules(seen_before_shown=2)
    less, right = counts(("north", "cup", 9)), counts(("north", "cup", 10))

    async def seen(theirs, minute):
        return [
            one.times_seen for one in await compare(books, rules, WAREHOUSE, theirs, NOW + timedelta(minutes=minute))
        ]

    assert await seen(less, 0) == []
    assert await seen(less, 1) == [2]
    assert await seen(right, 2) == []
    assert await seen(less, 3) == []


async def test_comparisons_leave_each_others_differences_alone(books):
    await compare(books, AT_ONCE, WAREHOUSE, counts(("north", "cup", 9)), NOW)
    await compare(books, AT_ONCE, DifferenceKind.ERP, counts(("north", "cup", 10)), NOW)
    await compare(books, AT_ONCE, WAREHOUSE, counts(("south", "cup", 2)), NOW)
    await audit_books(books, NOW)

    (still,) = await compare(books, AT_ONCE, WAREHOUSE, counts(("north", "cup", 9)), NOW)

    assert still.times_seen == 2


@pytest.mark.parametrize("sku", ["cup: large/blue", "tasse \u00e9clair\u00e9e"])
async def test_articles_of_any_spelling_have_differences_of_their_own(books, sku):
    (found,) = await compare(books, AT_ONCE, WAREHOUSE, counts(("north", "cup", 10), ("north", sku, 1)), NOW)

    assert found.sku == sku
