"""One attempt at a partner: whoever is at it is heard of, and no two of them speak to a partner at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities.attempts import AttemptInterceptor, shows_itself
from activities.failures import FailureInterceptor, trouble_of
from models.errors import Refused, Trouble
from models.settings import PartnerSettings
from workflows.attempting import ANSWER_WITHIN, HEARD_OF_WITHIN


class Inmost(ActivityInboundInterceptor):
    def __init__(self) -> None:
        pass

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        return await input.fn(*input.args)


async def attempted(
    verb: Callable[[], Awaitable[Any]],
    *,
    beats_s: float | None = 0.03,
    whole_s: float = 60.0,
    heard: list[tuple[object, ...]] | None = None,
) -> Any:
    """Run a verb as a worker would; answers what it did, and how often it was heard of."""
    heard = [] if heard is None else heard
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *details: heard.append(details)
    environment.info = replace(
        environment.info,
        start_to_close_timeout=timedelta(seconds=whole_s),
        heartbeat_timeout=timedelta(seconds=beats_s) if beats_s else None,
    )
    chain = FailureInterceptor().intercept_activity(AttemptInterceptor().intercept_activity(Inmost()))

    async def attempt() -> Any:
        return await chain.execute_activity(ExecuteActivityInput(fn=verb, args=(), executor=None, headers={}))

    answer = await environment.run(attempt)
    return answer, heard


async def slowly() -> str:
    await asyncio.sleep(0.2)
    return "done"


async def at_once() -> str:
    return "done"


async def test_whoever_takes_long_is_heard_of_all_the_while() -> None:
    heard: list[tuple[object, ...]] = []

    async def takes_long() -> str:
        while len(heard) <= 3:
            await asyncio.sleep(0.005)
        return "done"

    assert await attempted(takes_long, heard=heard) == ("done", heard)


async def test_what_is_done_at_once_costs_the_server_no_call() -> None:
    assert await attempted(at_once, beats_s=10.0) == ("done", [])


async def test_nobody_is_heard_of_who_need_not_be() -> None:
    assert await attempted(slowly, beats_s=None) == ("done", [])


async def test_what_shows_by_itself_how_far_it_is_is_not_talked_over() -> None:
    assert await attempted(shows_itself(slowly)) == ("done", [])


async def test_an_attempt_is_over_before_the_next_one_can_begin() -> None:
    ended: list[str] = []

    async def hangs() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("let go of")

    with pytest.raises(ApplicationError) as raised:
        await attempted(hangs, whole_s=0.2)

    assert ended == ["let go of"]
    assert trouble_of(raised.value).kind is Trouble.RETRY
    assert "did not answer within" in raised.value.message


async def test_a_time_out_of_the_adapters_own_stays_its_own() -> None:
    async def times_out() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await attempted(times_out)


def test_no_exchange_may_take_longer_than_an_attempt() -> None:
    assert PartnerSettings(url="http://erp", timeout_s=60).timeout_s < ANSWER_WITHIN.total_seconds()
    with pytest.raises(ValidationError):
        PartnerSettings(url="http://erp", timeout_s=61)


def test_a_worker_that_dies_is_missed_long_before_its_attempt_would_be_over() -> None:
    assert HEARD_OF_WITHIN * 5 < ANSWER_WITHIN


async def test_words_that_cannot_be_sent_are_said_without_what_nobody_sees() -> None:
    async def refuses() -> None:
        raise Refused("payment", "\u05dc\u05d0 \u200fVISA\u200e \ud800\0", code="declined\u200b")

    with pytest.raises(ApplicationError) as raised:
        await attempted(refuses)

    failure = trouble_of(raised.value)
    assert (failure.message, failure.code) == ("\u05dc\u05d0 VISA", "declined")


async def test_whoever_says_nothing_is_said_to_say_nothing() -> None:
    async def refuses() -> None:
        raise Refused("payment", "\u200b")

    with pytest.raises(ApplicationError) as raised:
        await attempted(refuses)

    assert trouble_of(raised.value).message == "it does not say why"
