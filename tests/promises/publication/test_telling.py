"""Telling channels, on a real Temporal server: once, in batches, within the quota, whatever goes wrong on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.adapters.store.clock import utc_now
from api.temporal import Gateway
from models.errors import Transient, Unavailable
from models.policy.stock.publishing import PublicationStart, pause_before, publication_id
from models.policy.stock.rules import ChannelRule, PublicationMode
from tests.promises.orders.world import World, ports
from tests.promises.publication.market import Market
from workers.assembly import Publishing, Workers
from workflows.attributes import WAITING_ON
from workflows.queues import ORDERS

if TYPE_CHECKING:
    from models.stock.publication import OfferBatch

_CHANNELS = count(1)
QUICK = ChannelRule(coalesce_seconds=0, calls_per_second=1000.0)


@asynccontextmanager
async def open_shop(client: Client, rule: ChannelRule = QUICK) -> AsyncIterator[tuple[str, Market]]:
    """A channel of its own, with workers that tell it."""
    channel = f"shop{next(_CHANNELS)}"
    market = Market(rules={channel: rule})
    publishing = Publishing(market, market, market.rules)
    async with Workers(client, **ports(World(client=client)), publishing=publishing).running():
        yield channel, market


async def start(client: Client, channel: str, rule: ChannelRule = QUICK) -> WorkflowHandle[Any, Any]:
    await Gateway(client, ORDERS).publish(PublicationStart(channel=channel, rule=rule))
    return client.get_workflow_handle(publication_id(channel))


async def ended(handle: WorkflowHandle[Any, Any]) -> str:
    return str(await asyncio.wait_for(handle.result(), timeout=120))


async def details(handle: WorkflowHandle[Any, Any]) -> str:
    """The card the Web UI shows."""
    found = await handle.query("__temporal_workflow_metadata")
    return str(found["currentDetails"] if isinstance(found, dict) else found.current_details)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(1200):
        if await condition():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it never came true")


async def test_it_tells_all_there_is_batch_after_batch_and_ends(server: WorkflowEnvironment) -> None:
    rule = QUICK.model_copy(update={"offers_per_call": 2})
    async with open_shop(server.client, rule) as (channel, market):
        for number in range(5):
            market.change(channel, f"SKU-{number}", number)

        said = await ended(await start(server.client, channel, rule))

    assert [len(batch.offers) for batch in market.heard] == [2, 2, 1]
    assert market.shown(channel) == {f"SKU-{number}": number for number in range(5)}
    assert said == f"told {channel} 5 numbers; none refused"


async def test_an_idle_channel_has_no_run_and_the_next_change_starts_one(server: WorkflowEnvironment) -> None:
    async with open_shop(server.client) as (channel, market):
        market.change(channel, "MUG", 5)
        first = await start(server.client, channel)
        await ended(first)
        market.change(channel, "MUG", 4, version=2)

        await ended(await start(server.client, channel))

    assert market.shown(channel) == {"MUG": 4}


async def test_starting_a_channel_that_is_being_told_leaves_nothing_in_its_history(server: WorkflowEnvironment) -> None:
    rule = ChannelRule(coalesce_seconds=3600)
    async with open_shop(server.client, rule) as (channel, market):
        market.change(channel, "MUG", 5)
        handle = await start(server.client, channel, rule)
        await until(lambda: _is_waiting(handle))
        before = (await handle.describe()).history_length

        for _ in range(5):
            await start(server.client, channel, rule)

        assert (await handle.describe()).history_length == before
        await handle.terminate()


async def test_changes_are_collected_and_a_person_can_have_them_told_at_once(server: WorkflowEnvironment) -> None:
    # Told once a day at midnight, or at 23:00 where midnight is near.
    rules = [ChannelRule(publication=PublicationMode.BATCH, batch_minutes=hours * 60) for hours in (24, 23)]
    rule = max(rules, key=lambda rule: pause_before(rule, utc_now()))
    async with open_shop(server.client, rule) as (channel, market):
        market.change(channel, "MUG", 5)
        handle = await start(server.client, channel, rule)
        await until(lambda: _is_waiting(handle))
        market.change(channel, "MUG", 4, version=2)
        assert market.heard == [], "its time has not come"

        await handle.signal("tell_now")
        await ended(handle)

    assert [offer.quantity for batch in market.heard for offer in batch.offers] == [4]


async def test_signals_nobody_knows_and_broken_payloads_harm_nothing(server: WorkflowEnvironment) -> None:
    rule = ChannelRule(coalesce_seconds=3600)
    async with open_shop(server.client, rule) as (channel, market):
        market.change(channel, "MUG", 5)
        handle = await start(server.client, channel, rule)
        await handle.signal("hurry", args=[{"what": "ever"}, 2])
        await until(lambda: _shows(handle, "`hurry` is not known"))

        await handle.signal("tell_now", args=["now", {"please": [1, 2]}])
        await ended(handle)

    assert market.shown(channel) == {"MUG": 5}


async def test_a_bad_start_fails_plainly(server: WorkflowEnvironment) -> None:
    async with open_shop(server.client) as (channel, _market):
        handle = await server.client.start_workflow(
            "PublicationWorkflow", {"channel": "Not A Channel"}, id=publication_id(channel), task_queue=ORDERS
        )
        with pytest.raises(WorkflowFailureError):
            await ended(handle)


async def test_a_number_that_changes_while_it_is_told_is_told_after_it(server: WorkflowEnvironment) -> None:
    async with open_shop(server.client) as (channel, market):
        market.change(channel, "MUG", 5)

        async def sell(batch: OfferBatch) -> None:
            if batch.offers[0].version == 1:
                market.change(channel, "MUG", 4, version=2)

        market.at_publishing = sell
        await ended(await start(server.client, channel))

    assert [batch.offers[0].quantity for batch in market.heard] == [5, 4]


async def test_a_lost_reply_repeats_the_same_batch(server: WorkflowEnvironment) -> None:
    async with open_shop(server.client) as (channel, market):
        market.change(channel, "MUG", 5)
        market.lost = [Transient("shop", "the reply was lost")]

        await ended(await start(server.client, channel))

    assert len(market.heard) == 2
    assert market.heard[0] == market.heard[1]
    assert market.numbers[channel] == {}


async def test_a_channel_that_asks_to_slow_down_is_left_alone_so_long_and_then_told(
    server: WorkflowEnvironment,
) -> None:
    async with open_shop(server.client) as (channel, market):
        market.change(channel, "MUG", 5)
        market.faults = [Unavailable("shop", "asks us to slow down (429)", retry_after_s=3600)]
        handle = await start(server.client, channel)
        await until(lambda: _shows(handle, "slow down"))
        description = await handle.describe()
        assert description.typed_search_attributes.get(WAITING_ON) == f"channel-{channel}"
        assert await _longest_timer(handle) >= timedelta(hours=1)
        assert market.heard == []

        await handle.signal("tell_now")
        await ended(handle)
        after = await handle.describe()

    assert market.shown(channel) == {"MUG": 5}
    assert after.typed_search_attributes.get(WAITING_ON) is None


async def test_after_an_outage_the_channel_hears_the_newest_number_only(server: WorkflowEnvironment) -> None:
    async with open_shop(server.client) as (channel, market):
        market.change(channel, "MUG", 5)
        market.faults = [Unavailable("shop", "cannot be reached", retry_after_s=3600)]
        handle = await start(server.client, channel)
        await until(lambda: _shows(handle, "cannot be reached"))

        market.change(channel, "MUG", 2, version=7)
        await handle.signal("tell_now")
        await ended(handle)

    assert [offer.quantity for batch in market.heard for offer in batch.offers] == [2]


async def test_one_article_the_channel_does_not_list_keeps_no_other_from_being_told(
    server: WorkflowEnvironment,
) -> None:
    async with open_shop(server.client) as (channel, market):
        for number in range(9):
            market.change(channel, f"SKU-{number}", number)
        market.unlisted = {"SKU-4"}

        said = await ended(await start(server.client, channel))

    assert market.shown(channel).keys() == {f"SKU-{number}" for number in range(9)} - {"SKU-4"}
    assert said.endswith("1 refused")
    assert market.numbers[channel] == {}


async def test_the_quota_is_the_servers_over_all_workers(server: WorkflowEnvironment) -> None:
    rules = {"shop": ChannelRule(calls_per_second=2.5), "till": ChannelRule(publication=PublicationMode.NEVER)}
    market = Market(rules=rules)
    workers = Workers(server.client, **ports(World()), publishing=Publishing(market, market, rules))

    async with workers.running():
        limits = {worker.task_queue: worker.config()["max_task_queue_activities_per_second"] for worker in workers.all}

    assert limits["channel-shop"] == 2.5
    assert "channel-till" not in limits
    assert {limit for queue, limit in limits.items() if not queue.startswith("channel-")} == {None}


async def test_the_quota_holds(server: WorkflowEnvironment) -> None:
    """Ten calls at four a second: the server lets the first ones through at once, and the others as they may."""
    rule = ChannelRule(coalesce_seconds=0, offers_per_call=1, calls_per_second=4.0)
    async with open_shop(server.client, rule) as (channel, market):
        for number in range(10):
            market.change(channel, f"SKU-{number}", number)
        # From before the first call: how late a busy machine notes it must not count.
        began = asyncio.get_running_loop().time()
        await ended(await start(server.client, channel, rule))
        took = asyncio.get_running_loop().time() - began

    assert len(market.heard) == 10
    # A second's worth may be saved up when it begins; six more take a second and a half.
    assert took >= 1.5


async def _is_waiting(handle: WorkflowHandle[Any, Any]) -> bool:
    return await _longest_timer(handle) > timedelta()


async def _longest_timer(handle: WorkflowHandle[Any, Any]) -> timedelta:
    started = [
        event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
        async for event in handle.fetch_history_events()
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED
    ]
    return max(started, default=timedelta())


async def _shows(handle: WorkflowHandle[Any, Any], text: str) -> bool:
    return text in await details(handle)
