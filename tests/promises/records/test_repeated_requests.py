"""A request with an `Idempotency-Key` runs once; its repeats get its answer."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from activities.records.orders import Answer, KeyState

ASKED = ("ada", "POST /v1/orders", "k-1")
ANSWER = Answer(status=202, headers={"location": "/v1/orders/ä"}, body=b"\x00{}")


async def state(requests, asked=ASKED, body="a" * 64):
    return (await requests.begin(*asked, body))[0]


async def test_a_key_nobody_used_is_fresh(requests):
    assert await requests.begin(*ASKED, "a" * 64) == (KeyState.FRESH, None)


async def test_of_many_at_once_one_may_run(requests):
    states = await asyncio.gather(*(state(requests) for _ in range(30)))
    assert sorted(states) == [KeyState.FRESH] + [KeyState.RUNNING] * 29


async def test_the_answer_is_given_again_word_for_word(requests):
    await state(requests)
    await requests.finish(*ASKED, ANSWER)
    assert await requests.begin(*ASKED, "a" * 64) == (KeyState.ANSWERED, ANSWER)


async def test_another_body_under_the_same_key_is_told_so_at_any_time(requests, clock):
    await state(requests)
    assert await state(requests, body="b" * 64) is KeyState.OTHER_BODY
    clock.move(hours=1)
    assert await state(requests, body="b" * 64) is KeyState.OTHER_BODY
    await requests.finish(*ASKED, ANSWER)
    assert await requests.begin(*ASKED, "b" * 64) == (KeyState.OTHER_BODY, None)


async def test_keys_are_separate_by_principal_route_and_key(requests):
    others = [("eve", ASKED[1], ASKED[2]), (ASKED[0], "POST /v1/other", ASKED[2]), (*ASKED[:2], "k-2")]
    # Parts that run into each other are different keys too.
    others += [("ada", "POST /v1/orders\nk", "-1"), ("adaPOST", " /v1/orders", "k-1")]
    await state(requests)
    assert [await state(requests, other) for other in others] == [KeyState.FRESH] * 5


@pytest.mark.parametrize("key", ["x" * 100_000, "\0", "\ud800", ""])
async def test_a_key_may_be_any_text(requests, key):
    asked = (*ASKED[:2], key)
    assert [await state(requests, asked), await state(requests, asked)] == [KeyState.FRESH, KeyState.RUNNING]


async def test_a_request_that_died_may_be_run_again_by_one(requests, clock):
    await state(requests)
    clock.move(seconds=59)
    assert await state(requests) is KeyState.RUNNING
    clock.move(seconds=1)
    states = await asyncio.gather(*(state(requests) for _ in range(10)))
    assert sorted(states) == [KeyState.FRESH] + [KeyState.RUNNING] * 9


async def test_a_request_thought_dead_that_answers_first_is_heard(requests, clock):
    await state(requests)
    clock.move(seconds=60)
    await state(requests)
    await requests.finish(*ASKED, ANSWER)
    await requests.finish(*ASKED, Answer(status=500, headers={}, body=b""))
    assert await requests.begin(*ASKED, "a" * 64) == (KeyState.ANSWERED, ANSWER)


async def test_a_forgotten_request_may_be_tried_again_with_another_body(requests):
    await state(requests)
    await requests.forget(*ASKED)
    assert await state(requests, body="b" * 64) is KeyState.FRESH


async def test_an_answer_is_not_forgotten(requests):
    await state(requests)
    await requests.finish(*ASKED, ANSWER)
    await requests.forget(*ASKED)
    assert await state(requests) is KeyState.ANSWERED


async def test_an_answer_is_kept_for_a_week(requests, clock):
    await state(requests)
    await requests.finish(*ASKED, ANSWER)
    clock.move(days=7, seconds=-1)
    assert await requests.begin(*ASKED, "a" * 64) == (KeyState.ANSWERED, ANSWER)
    assert await state(requests, body="b" * 64) is KeyState.OTHER_BODY
    clock.move(seconds=1)
    assert await requests.begin(*ASKED, "b" * 64) == (KeyState.FRESH, None)
    assert await requests.begin(*ASKED, "b" * 64) == (KeyState.RUNNING, None)


async def test_old_keys_are_swept_away_by_new_ones(requests, database, clock):
    for number in range(25):
        await state(requests, (*ASKED[:2], str(number)))
    clock.move(days=8)
    await state(requests, (*ASKED[:2], "new"))
    await state(requests, (*ASKED[:2], "newer"))
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM idempotency_keys")) == 2
