"""Stock is received and adjusted once a document, and every change stays on record."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.errors import Conflict


async def test_a_receipt_told_twice_counts_once(shop):
    await shop.receive("cup", 5, key="delivery-1")
    await shop.receive("cup", 5, key="delivery-1")

    assert await shop.shelf("cup") == (5, 0)


async def test_a_count_adds_to_what_is_there(shop):
    await shop.receive("cup", 5)
    await shop.adjust("cup", -2, key="count-1")
    await shop.adjust("cup", 0, key="count-2")
    await shop.adjust("cup", 1, key="count-3")

    assert await shop.shelf("cup") == (4, 0)
    assert (await shop.audit()).is_right


async def test_a_key_cannot_stand_for_another_count(shop):
    await shop.receive("cup", 5, key="delivery-1")

    with pytest.raises(Conflict):
        await shop.receive("cup", 6, key="delivery-1")


async def test_what_is_gone_is_taken_from_what_is_free_first_and_then_from_an_order(shop):
    await shop.receive("cup", 5)
    await shop.reserve("r1", ("1", "cup", 4))

    answer = await shop.adjust("cup", -2, key="count-1")

    assert [(one.reservation_key, one.line_id, one.quantity) for one in answer.displaced] == [("r1", "1", 1)]
    assert await shop.shelf("cup") == (3, 3)
    assert (await shop.audit()).is_right


async def test_every_change_is_on_record_with_its_document_and_order(shop):
    await shop.receive("cup", 5)
    await shop.reserve("r1", ("1", "cup", 3))
    await shop.commit("r1")
    await shop.consume("s1", "r1", ("1", "cup", 1))
    await shop.release("r1")

    wanted = "SELECT kind, state, quantity, document_key, actor, order_id, reason FROM stock_movements ORDER BY id"
    async with shop.database.reading() as connection:
        movements = [tuple(row) for row in await connection.execute(text(wanted))]

    receipt, *rest = movements
    assert receipt[:3] == ("receipt", "on_hand", 5)
    assert receipt[4:] == ("wms", None, "delivery")
    assert rest == [
        ("reservation", "soft_reserved", 3, "r1", "orderloom", "order:b2b:1", None),
        ("allocation", "soft_reserved", -3, "r1", "orderloom", "order:b2b:1", None),
        ("allocation", "allocated", 3, "r1", "orderloom", "order:b2b:1", None),
        ("shipment", "on_hand", -1, "s1", "orderloom", "order:b2b:1", None),
        ("shipment", "allocated", -1, "s1", "orderloom", "order:b2b:1", None),
        ("release", "allocated", -2, "r1", "orderloom", "order:b2b:1", "cancelled"),
    ]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE stock_movements SET quantity = 6", "DELETE FROM stock_movements"],
)
async def test_the_record_cannot_be_changed(shop, statement):
    await shop.receive("cup", 5)

    with pytest.raises(DBAPIError, match="append-only"):
        async with shop.database.writing() as connection:
            await connection.execute(text(statement))
    assert (await shop.audit()).is_right


async def test_the_record_cannot_be_changed_by_a_back_door(shop):
    await shop.receive("cup", 5)
    back_doors = {
        "sqlite": "INSERT OR REPLACE INTO stock_movements SELECT * FROM stock_movements",
        "postgresql": "TRUNCATE stock_movements",
    }

    with pytest.raises(DBAPIError, match="append-only"):
        async with shop.database.writing() as connection:
            await connection.execute(text(back_doors[connection.dialect.name]))


@pytest.mark.parametrize("column", ["soft_reserved = on_hand + 1", "allocated = -1", "on_hand = -1"])
async def test_the_database_itself_refuses_an_impossible_balance(shop, column):
    await shop.receive("cup", 5)

    with pytest.raises(DBAPIError):
        async with shop.database.writing() as connection:
            await connection.execute(text(f"UPDATE stock_balances SET {column}"))  # noqa: S608 - words of this test
