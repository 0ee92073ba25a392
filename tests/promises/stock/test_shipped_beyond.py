"""What has left has left: a parcel with more in it than was reserved is written all the same, once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from activities.stock import StockActivities
from models.stock.reservation import Consumption, Shipped

LEFT_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def parcel(quantity, sku="cup"):
    item = Shipped(line_id="1", sku=sku, quantity=quantity, node="north")
    return Consumption(key="s1", reservation_key="r1", order_id="order:b2b:1", items=(item,), shipped_at=LEFT_AT)


@pytest.fixture
async def held(shop):
    """Five cups on the shelf, two of them reserved under r1."""
    await shop.receive("cup", 5)
    await shop.reserve("r1", ("1", "cup", 2))
    return shop


async def test_what_was_reserved_is_consumed_and_the_rest_comes_off_the_shelf(held):
    told = StockActivities(held.ledger)
    for _ in range(2):
        await told.consume(parcel(4))

    assert await held.shelf("cup") == (1, 0)
    assert (await held.audit()).is_right


async def test_goods_of_a_reservation_that_was_given_back_come_off_the_shelf(held):
    await held.release("r1")

    await held.ledger.consume_beyond(parcel(2))

    assert await held.shelf("cup") == (3, 0)
    assert (await held.audit()).is_right


async def test_another_order_loses_what_was_sent_away_with_this_one(held):
    await held.reserve("r2", ("1", "cup", 3), order="order:b2b:2")

    await held.ledger.consume_beyond(parcel(4))

    assert await held.shelf("cup") == (1, 1)
    assert (await held.audit()).is_right
