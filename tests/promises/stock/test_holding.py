"""A reservation is held until its time runs out, held longer when asked in time, and firm once it is committed."""

from datetime import UTC, datetime, timedelta

import pytest

from models.errors import Conflict, NotFound
from models.stock.reservation import ReservationState

SOON = datetime(2026, 11, 2, 10, tzinfo=UTC)
LATER = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
async def held(shop):
    """Five cups on the shelf, four of them held under r1 until ten o'clock; it is nine."""
    await shop.receive("cup", 5)
    await shop.reserve("r1", ("1", "cup", 4), expires_at=SOON)
    return shop


def states(balance):
    return balance.soft_reserved, balance.allocated


async def test_what_is_reserved_is_soft_until_it_is_committed(held):
    assert states(await held.balance("cup")) == (4, 0)

    standing = await held.commit("r1")

    assert standing.state is ReservationState.COMMITTED
    assert [(one.line_id, one.quantity) for one in standing.allocations] == [("1", 4)]
    assert states(await held.balance("cup")) == (0, 4)
    assert (await held.audit()).is_right


async def test_a_commit_told_twice_counts_once(held):
    first = await held.commit("r1")

    assert await held.commit("r1") == first
    assert states(await held.balance("cup")) == (0, 4)


async def test_a_policy_says_how_long_it_is_held_where_nobody_else_does(shop):
    await shop.receive("cup", 5)

    answer = await shop.reserve("r1", ("1", "cup", 4))

    assert answer.expires_at == shop.clock() + timedelta(hours=48)


async def test_what_is_committed_in_time_stays_when_the_time_has_run_out(held):
    await held.commit("r1")
    held.clock.pass_by(hours=2)

    assert (await held.commit("r1")).state is ReservationState.COMMITTED
    assert await held.shelf("cup") == (5, 4)


async def test_what_is_committed_too_late_is_given_back_and_the_answer_says_so(held):
    held.clock.pass_by(hours=1)

    standing = await held.commit("r1")

    assert (standing.state, standing.allocations) == (ReservationState.EXPIRED, ())
    assert await held.shelf("cup") == (5, 0)
    assert (await held.audit()).is_right


async def test_what_has_expired_stays_so(held):
    held.clock.pass_by(hours=1)
    await held.commit("r1")

    assert (await held.extend("r1", LATER + timedelta(hours=9))).state is ReservationState.EXPIRED
    with pytest.raises(Conflict):
        await held.consume("s1", "r1", ("1", "cup", 1))
    assert await held.shelf("cup") == (5, 0)


async def test_an_extension_holds_it_longer(held):
    assert (await held.extend("r1", LATER)).expires_at == LATER
    held.clock.pass_by(hours=2)

    assert (await held.commit("r1")).state is ReservationState.COMMITTED


async def test_an_extension_never_holds_it_shorter(held):
    assert (await held.extend("r1", SOON - timedelta(minutes=30))).expires_at == SOON


async def test_an_extension_that_comes_too_late_lets_it_go(held):
    held.clock.pass_by(hours=1)

    assert (await held.extend("r1", LATER)).state is ReservationState.EXPIRED
    assert await held.shelf("cup") == (5, 0)


async def test_an_extension_of_what_is_firm_changes_nothing(held):
    await held.commit("r1")

    assert (await held.extend("r1", LATER)).state is ReservationState.COMMITTED
    assert states(await held.balance("cup")) == (0, 4)


async def test_another_order_can_neither_extend_nor_commit_it(held):
    with pytest.raises(Conflict):
        await held.extend("r1", LATER, order="order:b2b:2")
    with pytest.raises(Conflict):
        await held.commit("r1", order="order:b2b:2")
    assert states(await held.balance("cup")) == (4, 0)


async def test_what_was_never_reserved_can_neither_be_extended_nor_committed(shop):
    with pytest.raises(NotFound):
        await shop.extend("r1", LATER)
    with pytest.raises(NotFound):
        await shop.commit("r1")


async def test_what_is_firm_leaves_the_shelf_or_is_given_back_like_what_is_held(held):
    await held.commit("r1")
    await held.consume("s1", "r1", ("1", "cup", 3))
    await held.release("r1")

    assert await held.shelf("cup") == (2, 0)
    assert (await held.audit()).is_right
