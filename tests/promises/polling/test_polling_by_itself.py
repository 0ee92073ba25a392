"""Feeds are read by themselves, each on its own; one that cannot be read is seen, and keeps no other from being read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowFailureError
from temporalio.testing import WorkflowEnvironment

from activities.adapters.canonical.orders import CanonicalOrders
from activities.adapters.store.database import Database
from activities.adapters.store.feeds import SqlFeeds
from activities.adapters.store.inbox import SqlInbox
from activities.adapters.store.known_orders import SqlKnownOrders
from activities.adapters.store.orders import SqlOrders
from activities.adapters.store.quarantine import SqlQuarantine
from api.http.metrics import Metrics
from api.intake import feeds
from api.services import Unwell
from models.errors import Unavailable
from models.partners.polling import Polling
from models.policy.stock.rules import ChannelRule, PublicationMode
from tests.conftest import Databases
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import World, ports
from tests.promises.polling.feeds import Counter, FeedingWarehouse, Happenings, Ledger, acknowledged
from workers.assembly import Publishing, Workers
from workers.polling import Polls, orders_polling
from workers.schedules import drop_polls, keep_schedules, polls


class Stand:
    """A warehouse and a channel that are polled, our store, and the workers that poll."""

    def __init__(self, client: Client, database: Database) -> None:
        self.client = client
        self.database = database
        self.book = SqlFeeds(database)
        self.happenings = Happenings()
        self.counter = Counter()
        self.world = World(client=client)

    def workers(self, publishing: Publishing | None = None) -> Workers:
        made: Any = ports(self.world)
        ledger: Any = Ledger()
        made["warehouse"] = FeedingWarehouse(self.world, self.happenings)
        polled = Polls(
            book=self.book,
            stock=ledger,
            quarantine=SqlQuarantine(self.database),
            orders=SqlOrders(self.database),
            inbox=SqlInbox(self.database),
            known=SqlKnownOrders(self.database),
            formats={"shop": CanonicalOrders("shop")},
            feed_every=timedelta(milliseconds=50),
            orders_every=timedelta(milliseconds=50),
        )
        return Workers(self.client, **made, shops={"shop": self.counter}, polls=polled, publishing=publishing)

    @asynccontextmanager
    async def polling(self) -> AsyncIterator[Workers]:
        """Run workers that poll, and end the polling with them."""
        workers = self.workers()
        async with workers.running():
            await self.book.polls(one.feed for one in workers.polled)
            handles = [await self.begin(one) for one in workers.polled]
            yield workers
            for handle in handles:
                await handle.terminate()

    async def begin(self, polling: Polling) -> Any:
        return await self.client.start_workflow("PollingWorkflow", polling, id=polling.feed, task_queue="orders")

    async def came(self) -> set[str]:
        return {entry.event_id for entry in await SqlInbox(self.database).claim(limit=100, lease_s=0)}

    async def trouble(self) -> dict[str, str | None]:
        return {feed.name: feed.trouble for feed in await self.book.standing()}


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(1200):
        if await condition():
            return
        await asyncio.sleep(0.05)
    message = "it never came true"
    raise AssertionError(message)


@pytest_asyncio.fixture(loop_scope="session")
async def stand(server: WorkflowEnvironment, databases: Databases) -> AsyncIterator[Stand]:
    database = Database(databases.fresh("sqlite"))
    yield Stand(server.client, database)
    await database.close()


async def test_what_happens_comes_in_by_itself_with_one_activity_for_many_polls(stand: Stand) -> None:
    stand.happenings.events = [acknowledged(1), acknowledged(2)]
    async with stand.polling() as workers:
        polled = [(one.feed, one.queue) for one in workers.polled]
        assert polled == [("feed-wms", "wms"), ("orders-shop", "channel-shop")]

        async def all_there() -> bool:
            return await stand.came() == {"ack-1", "ack-2", "ack-3"} and stand.happenings.readings > 5

        await until(lambda: _is(stand.happenings.readings > 2))
        stand.happenings.events.append(acknowledged(3))
        await until(all_there)
        history = await stand.client.get_workflow_handle("feed-wms").fetch_history()
    scheduled = [event for event in history.events if event.HasField("activity_task_scheduled_event_attributes")]
    assert len(scheduled) == 1


async def _is(value: bool) -> bool:  # noqa: FBT001 - a condition
    return value


async def test_workers_that_are_replaced_lose_nothing_and_take_nothing_twice(stand: Stand) -> None:
    stand.happenings.events = [acknowledged(number) for number in range(10)]
    first = stand.workers()
    async with first.running():
        await stand.begin(first.polled[0])
        await until(lambda: _is(stand.happenings.readings > 1))
    stand.happenings.events += [acknowledged(number) for number in range(10, 20)]

    async with stand.workers().running():

        async def all_there() -> bool:
            return await stand.came() == {f"ack-{number}" for number in range(20)}

        await until(all_there)
        await stand.client.get_workflow_handle("feed-wms").terminate()


async def test_a_feed_that_cannot_be_read_is_seen_and_the_others_are_read(stand: Stand) -> None:
    order = an_order(channel="shop")
    stand.happenings.down = Unavailable("wms", "cannot be reached", retry_after_s=1)
    stand.happenings.events = [acknowledged(1)]
    stand.counter.payloads = [_payload(order)]
    metrics = Metrics()
    async with stand.polling():

        async def shown() -> bool:
            return "cannot be reached" in ((await stand.trouble()).get("feed-wms") or "")

        await until(shown)
        await until(lambda: _known(stand, order.id))
        with pytest.raises(Unwell, match=r"feed-wms cannot be read since .*: cannot be reached"):
            await feeds.check(stand.book, metrics)
        assert b'orderloom_feed_troubled{feed="feed-wms"} 1.0' in metrics.page()
        assert b'orderloom_feed_troubled{feed="orders-shop"} 0.0' in metrics.page()

        stand.happenings.down = None

        async def well() -> bool:
            return (await stand.trouble())["feed-wms"] is None and await stand.came() == {"ack-1"}

        await until(well)
    assert await feeds.check(stand.book, metrics) == "2 are read"


def _payload(order: Any) -> bytes:
    document: str = order.model_dump_json(exclude={"provenance"})
    return document.encode()


async def _known(stand: Stand, order_id: str) -> bool:
    async with stand.database.reading() as connection:
        found = await connection.exec_driver_sql("SELECT count(*) FROM orders WHERE id = ?", (order_id,))
        return bool(found.scalar())


async def test_a_channels_quota_holds_for_its_orders_too(stand: Stand) -> None:
    a_second = 2
    stand.counter.page_size = 1
    stand.counter.payloads = [f"no order {number}".encode() for number in range(10)]
    rule = ChannelRule(publication=PublicationMode.NEVER, calls_per_second=a_second)
    nobody: Any = None
    # From before the first call: how late a busy machine notes it must not count.
    began = time.monotonic()
    async with stand.workers(Publishing(nobody, nobody, {"shop": rule})).running():
        handle = await stand.begin(orders_polling("shop"))
        await until(lambda: _is(len(stand.counter.asked_at) >= 10))
        await handle.terminate()

    took = stand.counter.asked_at[9] - began
    # What a second allows may be used at once at the beginning; from then on the server holds them back.
    assert took > (9 - 2 * a_second) / a_second


async def test_what_the_polling_is_started_with_is_checked(server: WorkflowEnvironment, stand: Stand) -> None:
    async with stand.workers().running():
        handle = await server.client.start_workflow(
            "PollingWorkflow", {"feed": "x y"}, id="bad-polling", task_queue="orders"
        )
        with pytest.raises(WorkflowFailureError):
            await handle.result()


async def test_each_feed_has_a_schedule_and_one_that_is_gone_has_none(server: WorkflowEnvironment) -> None:
    wms = Polling.model_validate_json('{"feed": "feed-wms", "queue": "wms", "polled": "events"}')
    gone = wms.model_copy(update={"feed": "orders-gone"})
    await keep_schedules(server.client, polls([wms, gone]))
    await keep_schedules(server.client, polls([wms, gone]))

    async def both() -> bool:
        return {"feed-wms", "orders-gone"} <= await _schedules(server.client)

    await until(both)
    await drop_polls(server.client, [wms])

    async def one() -> bool:
        found = await _schedules(server.client)
        return "feed-wms" in found and "orders-gone" not in found

    await until(one)
    await drop_polls(server.client, [])


async def _schedules(client: Client) -> set[str]:
    return {listed.id async for listed in await client.list_schedules()}
