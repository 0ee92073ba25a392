"""A sender's clock may be wrong: nothing that is told can happen later than it is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.stock.lots import LotStatus
from tests.promises.stock_events.telling import hours

YEARS = 24 * 365 * 50


@pytest.mark.parametrize("ahead", [9, YEARS], ids=["another zone's time", "another century"])
async def test_a_count_by_a_clock_that_is_ahead_hides_nothing_that_happens_afterwards(floor, ahead):
    await floor.receive(100)
    await floor.tell_now(floor.count(90, at=ahead))

    floor.at = hours(1)
    await floor.sell(40, at=1)

    assert (await floor.shelf()).on_hand == 50
    assert (await floor.tell(floor.count(45, at=1))).corrected == 5


async def test_a_recall_counts_though_the_lot_was_released_by_a_clock_that_is_ahead(floor):
    await floor.receive(5, lot="L1")
    await floor.tell_now(floor.judgement(LotStatus.RELEASED, at=YEARS))

    floor.at = hours(1)
    await floor.judge(LotStatus.RECALLED, at=1)

    assert (await floor.shelf(lot="L1")).available == 0


async def test_it_is_the_same_event_when_it_is_told_again(floor):
    event = floor.sale(2, at=YEARS)
    await floor.receive(5)

    await floor.tell_now(event)
    floor.at += timedelta(hours=1)
    again = await floor.tell_now(event)

    assert again.repeated
    assert (await floor.shelf()).on_hand == 3
