"""An order that waits for a partner waits as long as it takes: in sight, for years, and for a person to say when."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import Client

from models.errors import NotFound, Transient, Unavailable
from models.order.snapshot import Headline, OrderSnapshot
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import FakeBook, World, ports, start
from tests.promises.telling_channels.shop import ConnectedWorld, connected
from workers.assembly import Workers
from workflows import asking, attempting, desk, own
from workflows.attempting import sparing

WORD = {"reason": "looked into it", "actor": "anna"}
EVENTS_MAX, BYTES_MAX = 51_200, 50 * 1024 * 1024
"""At so much history a Temporal server terminates a run."""


@pytest.mark.parametrize(("asked_bytes", "parked_beside"), [(2_000, 1), (2_000, 5), (150_000, 1)])
def test_an_order_can_wait_for_years_before_the_server_would_end_it(
    monkeypatch: pytest.MonkeyPatch, asked_bytes: int, parked_beside: int
) -> None:
    events, size, waited = 100, 200_000, timedelta(0)
    info = SimpleNamespace(get_current_history_length=lambda: events, get_current_history_size=lambda: size)
    monkeypatch.setattr(workflow, "info", lambda: info)

    while events < EVENTS_MAX and size < BYTES_MAX:
        waited += sparing(timedelta(seconds=60)) / parked_beside
        events += 11
        size += asked_bytes + 3_000

    assert waited > timedelta(days=60)
    if asked_bytes < 10_000:
        assert waited > timedelta(days=150)


async def test_the_longer_its_history_the_more_seldom_it_asks(plain: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # An attempt is some eleven events: it doubles the pause twice, and chance takes less than half of that away.
    monkeypatch.setattr(attempting, "_EVENTS", 5)
    world = World(client=plain)
    world.faults["create_order"] = [Unavailable("erp", "down", retry_after_s=60)] * 3

    async with Workers(plain, **ports(world)).running():
        handle = await start(plain, an_order())
        for number in (1, 2, 3):
            await world.until(lambda number=number: len(world.last.holds) == number)  # type: ignore[misc]
            await handle.signal("approve", WORD)
        assert await world.end(handle) == Headline.COMPLETED

    history = await handle.fetch_history()
    pauses = [
        event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta()
        for event in history.events
        if event.HasField("timer_started_event_attributes")
    ][:3]
    assert pauses[1] > 1.2 * pauses[0]
    assert pauses[2] > 1.2 * pauses[1]


async def test_a_slow_partner_is_waited_for_as_long_as_its_worker_lives(
    plain: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempting, "HEARD_OF_WITHIN", timedelta(seconds=6))
    world = World(client=plain)
    order = an_order()
    attempts: list[str] = []

    async def slowly(verb: str) -> None:
        if verb == "create_order":
            attempts.append(verb)
            while not await is_heard_of(plain, order.id):
                await asyncio.sleep(0.1)

    world.at_effect = slowly

    async with Workers(plain, **ports(world)).running():
        handle = await start(plain, order)
        assert await world.end(handle) == Headline.COMPLETED

    assert attempts == ["create_order"]


async def is_heard_of(client: Client, order_id: str) -> bool:
    """Whether the server has heard that an attempt goes on."""
    described = await client.get_workflow_handle(order_id).describe()
    return any(one.HasField("last_heartbeat_time") for one in described.raw_description.pending_activities)


async def test_where_nobody_takes_it_up_the_order_says_so(plain: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = attempting.attempt

    async def impatiently(verb: Any, question: Any, queue: str, **more: Any) -> Any:
        # Only where nobody is: the others may be busy for a while.
        soon = {"taken_up_within": timedelta(seconds=1)} if queue == "channel-shopify" else {}
        return await attempt(verb, question, queue, **more | soon)

    monkeypatch.setattr(asking, "attempt", impatiently)
    world = ConnectedWorld(client=plain)
    disconnected = connected(world) | {"shops": {}}

    async with Workers(plain, **disconnected).running():
        handle = await start(plain, an_order())
        await world.until_held("partner_unavailable")
        hold = world.last.holds[0]
        assert (hold.waiting_on, world.last.waiting_on) == ("channel-shopify", "channel-shopify")
        assert "nobody took it up" in hold.reason
        await handle.signal("reject", WORD)
        assert await world.end(handle) == Headline.COMPLETED


class Restored(FakeBook):
    """A book that was restored from before the order came."""

    refusals = 2

    async def record(self, snapshot: OrderSnapshot) -> None:
        if snapshot.version == 2 and self.refusals:
            self.refusals -= 1
            raise NotFound(f"there is no order {snapshot.order_id}")
        await super().record(snapshot)


async def test_a_book_that_does_not_keep_it_ends_no_order(plain: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "_BOOK_PAUSE", timedelta(milliseconds=100))
    world = World(client=plain)
    order = an_order()

    async with Workers(plain, **ports(world) | {"book": Restored(world)}).running():
        handle = await start(plain, order)
        assert await world.end(handle) == Headline.COMPLETED

    assert [snapshot.version for snapshot in world.snapshots] == list(range(1, len(world.snapshots) + 1))
    assert world.money["captured"] == order.total.amount


class Down(FakeBook):
    """A book whose database is down when the order is first written down."""

    async def record(self, snapshot: OrderSnapshot) -> None:
        if self.world.faults["record"]:
            raise self.world.faults["record"].pop(0)
        await super().record(snapshot)


async def test_while_our_store_is_down_an_order_still_takes_what_it_is_told(
    plain: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "_HOLDS_THE_TASK", timedelta(milliseconds=10))
    world = World(client=plain)
    world.faults["record"] = [Transient("store", "the database is down") for _ in range(3)]

    async with Workers(plain, **ports(world) | {"book": Down(world)}).running():
        handle = await start(plain, an_order())
        assert await world.end(handle) == Headline.COMPLETED

    history = await handle.fetch_history()
    pauses = [event for event in history.events if event.HasField("timer_started_event_attributes")]
    assert len(pauses) >= 3, "the workflow task was held instead"
