"""A parcel and a count may be told in any order: what left before the count was seen to be gone, and leaves only once."""

from __future__ import annotations

from asyncio import gather
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from activities.adapters.store.stock.tables import stock_movements
from activities.stock import StockActivities
from models.stock.events import CountedLine, GoodsCounted
from models.stock.quantities import MovementKind
from models.stock.reservation import Consumption, Shipped
from tests.promises.stock.conftest import ORDER


@pytest.fixture
async def packed(shop):
    """Ten cups, of which two are to be sent."""
    await shop.receive("cup", 10, lot="L1")
    await shop.reserve("r1", ("1", "cup", 2))
    await shop.commit("r1")
    return shop


def count(shop, quantity, minutes, name="c1"):
    return GoodsCounted(
        event_id=name,
        occurred_at=shop.clock() + timedelta(minutes=minutes),
        node="north",
        lines=(CountedLine(sku="cup", quantity=quantity, lot="L1"),),
    )


def parcel(shop, quantity, minutes):
    item = Shipped(line_id="1", sku="cup", quantity=quantity, node="north")
    left_at = shop.clock() + timedelta(minutes=minutes)
    return Consumption(key="s1", reservation_key="r1", order_id=ORDER, items=(item,), shipped_at=left_at)


@pytest.mark.parametrize("order", tuple(permutations(("parcel", "count", "early count"))), ids=" then ".join)
@pytest.mark.parametrize(("left_after", "found"), [(10, 8), (30, 10)], ids=["before the count", "after it"])
async def test_a_parcel_and_counts_come_to_the_same_in_whatever_order_they_are_told(packed, order, left_after, found):
    told = {
        "parcel": parcel(packed, 2, left_after),
        "count": count(packed, found, 20),
        "early count": count(packed, 10, 5, "c0"),
    }
    packed.clock.pass_by(hours=1)
    for name in order:
        if name == "parcel":
            await packed.ledger.consume(told[name])
        else:
            await packed.ledger.apply(told[name], source="wms")

    assert await packed.shelf("cup", lot="L1") == (8, 0)
    assert (await packed.audit()).is_right


async def test_a_parcel_that_is_told_again_is_given_nothing_back_again(packed):
    sent = parcel(packed, 2, 10)
    counted = count(packed, 8, 20)
    packed.clock.pass_by(hours=1)
    await packed.ledger.apply(counted, source="wms")
    for _ in range(2):
        await packed.ledger.consume(sent)

    assert await packed.shelf("cup", lot="L1") == (8, 0)


async def test_what_left_beyond_the_reservation_was_counted_as_gone_too(packed):
    sent = parcel(packed, 3, 10)
    counted = count(packed, 7, 20)
    packed.clock.pass_by(hours=1)
    await packed.ledger.apply(counted, source="wms")
    for _ in range(2):
        await StockActivities(packed.ledger).consume(sent)

    assert await packed.shelf("cup", lot="L1") == (7, 0)
    assert (await packed.audit()).is_right


async def test_a_shipment_stands_in_the_books_at_the_time_it_left(packed):
    sent = parcel(packed, 2, 10)
    packed.clock.pass_by(hours=1)
    await packed.ledger.consume(sent)

    wanted = select(stock_movements.c.occurred_at).where(stock_movements.c.kind == MovementKind.SHIPMENT.value)
    async with packed.database.reading() as connection:
        assert set((await connection.execute(wanted)).scalars()) == {sent.shipped_at}


@pytest.mark.slow
async def test_a_parcel_and_a_count_at_the_same_moment_take_it_off_once(shop):
    sent, counted = [], []
    for number in range(8):
        sku, key = f"cup{number}", f"r{number}"
        await shop.receive(sku, 10)
        await shop.reserve(key, ("1", sku, 2))
        item = Shipped(line_id="1", sku=sku, quantity=2, node="north")
        left_at, seen_at = shop.clock() + timedelta(minutes=10), shop.clock() + timedelta(minutes=20)
        sent.append(
            Consumption(key=f"s{number}", reservation_key=key, order_id=ORDER, items=(item,), shipped_at=left_at)
        )
        line = CountedLine(sku=sku, quantity=8)
        counted.append(GoodsCounted(event_id=f"c{number}", occurred_at=seen_at, node="north", lines=(line,)))
    shop.clock.pass_by(hours=1)

    await gather(
        *(shop.ledger.consume(one) for one in sent), *(shop.ledger.apply(one, source="wms") for one in counted)
    )

    assert {await shop.shelf(f"cup{number}") for number in range(8)} == {(8, 0)}
    assert (await shop.audit()).is_right
