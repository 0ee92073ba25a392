"""A backorder is given up by itself when it has waited as long as it might, and its order hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from models.stock.reservation import ReservationState
from tests.promises.backorders.waiting import MONDAY

if TYPE_CHECKING:
    from tests.promises.backorders.waiting import Waiting

TUESDAY = MONDAY + timedelta(days=1)


async def test_after_its_deadline_it_leaves_the_queue_and_is_told_once(waiting: Waiting) -> None:
    await waiting.wait_for("a", ("MUG", 3), deadline=TUESDAY)
    assert await waiting.keeping.expire(limit=10) == 0

    waiting.clock.pass_by(days=1)
    assert await waiting.keeping.expire(limit=10) == 1
    assert await waiting.keeping.expire(limit=10) == 0
    assert await waiting.given_up() == ["a"]

    await waiting.receive("MUG", 5)
    assert await waiting.filled() == []
    assert (await waiting.wait_for("a", ("MUG", 3), deadline=TUESDAY)).state is ReservationState.EXPIRED


async def test_goods_that_come_after_the_deadline_go_to_the_next_one(waiting: Waiting) -> None:
    await waiting.wait_for("a", ("MUG", 3), deadline=TUESDAY)
    waiting.clock.pass_by(minutes=1)
    await waiting.wait_for("b", ("MUG", 2))
    waiting.clock.pass_by(days=2)
    await waiting.receive("MUG", 3)
    assert await waiting.filled() == ["b"]


async def test_what_was_kept_for_one_that_gives_up_goes_to_the_next_one(waiting: Waiting) -> None:
    await waiting.wait_for("a", ("MUG", 3), deadline=TUESDAY)
    waiting.clock.pass_by(minutes=1)
    await waiting.wait_for("b", ("MUG", 2))
    await waiting.receive("MUG", 2)
    assert await waiting.filled() == []
    waiting.clock.pass_by(days=1)
    await waiting.keeping.expire(limit=10)
    assert await waiting.filled() == ["b"]


async def test_a_filled_backorder_has_no_deadline_any_more(waiting: Waiting) -> None:
    await waiting.wait_for("a", ("MUG", 3), deadline=TUESDAY)
    await waiting.receive("MUG", 3)
    waiting.clock.pass_by(days=2)
    assert await waiting.keeping.expire(limit=10) == 0
    assert (await waiting.balance("MUG")).allocated == 3
