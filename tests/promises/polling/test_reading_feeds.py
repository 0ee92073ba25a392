"""What a partner's feed says comes in once, whole and in turn, whatever is lost or killed on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from temporalio.testing import ActivityEnvironment

from activities.adapters.store.database import Database
from activities.adapters.store.feeds import SqlFeeds
from activities.adapters.store.inbox import SqlInbox
from activities.adapters.store.quarantine import SqlQuarantine
from activities.adapters.store.tables.intake import inbox
from activities.feeds import FeedActivities, Told
from activities.records.feeds import Overtaken
from models.errors import Transient, Unavailable
from models.partners.events import BackorderExpired
from models.partners.feeds import FeedPage, FeedQuery
from models.partners.polling import Read, Stretch
from tests.promises.polling.feeds import NOON, Happenings, Ledger, a_move, acknowledged, received

FEED = "feed-wms"
ONCE = Stretch(feed=FEED, seconds=0)


class Killed(BaseException):
    """The process is no more."""


class Desk:
    """Our side of one feed, on a real database."""

    def __init__(self, database: Database, happenings: Happenings) -> None:
        self.database = database
        self.happenings = happenings
        self.book = SqlFeeds(database)
        self.quarantine = SqlQuarantine(database)
        self.ledger = Ledger()

    def reader(self, every: timedelta = timedelta(0)) -> FeedActivities:
        """The activities of one worker."""
        told: Any = Told(self.book, self.ledger, self.quarantine)
        return FeedActivities("wms", self.happenings, told, every=every)

    async def read(self, stretch: Stretch = ONCE) -> Read:
        return await ActivityEnvironment().run(self.reader().read, stretch)

    async def read_all(self) -> None:
        while (await self.read()).more:
            continue

    async def came(self) -> list[str]:
        """The events in the inbox, in the order they came."""
        async with self.database.reading() as connection:
            rows = await connection.execute(select(inbox.c.event_id).order_by(inbox.c.received_at, inbox.c.event_id))
            return [row.event_id for row in rows]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database, Happenings())


async def test_events_of_orders_wait_in_the_inbox_and_stock_is_written_at_once(desk: Desk) -> None:
    desk.happenings.events = [acknowledged(1), received(1), a_move(2), acknowledged(3), received(2)]

    await desk.read_all()

    assert sorted(await desk.came()) == ["ack-1", "ack-3", "move-2"]
    assert list(desk.ledger.written) == ["received-1", "received-2"]
    (first, *_) = await SqlInbox(desk.database).claim(limit=10, lease_s=10)
    assert (first.source, first.event) == ("wms", acknowledged(1))


async def test_a_page_that_names_no_place_leaves_the_feed_where_it_was(desk: Desk) -> None:
    desk.happenings.events = [acknowledged(1)]
    await desk.read_all()
    place = await desk.book.cursor(ONCE.feed)
    page = FeedPage(events=(acknowledged(2),), cursor=None, more=False)

    async def since(query: FeedQuery) -> FeedPage:
        assert query.cursor == place
        return page

    desk.happenings.since = since
    await desk.read()

    assert place is not None
    assert await desk.book.cursor(ONCE.feed) == place
    assert await desk.came() == ["ack-1", "ack-2"]


async def test_reading_goes_on_where_it_ended_also_in_another_worker(desk: Desk, database: Database) -> None:
    desk.happenings.events = [acknowledged(number) for number in range(5)]
    await desk.read_all()
    readings = desk.happenings.readings

    other = Desk(database, desk.happenings)
    await other.read_all()
    desk.happenings.events.append(acknowledged(9))
    await other.read_all()

    assert desk.happenings.readings == readings + 2
    assert await desk.came() == ["ack-0", "ack-1", "ack-2", "ack-3", "ack-4", "ack-9"]


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_killed_while_a_page_is_kept_it_is_neither_lost_nor_taken_twice(
    desk: Desk, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.happenings.events = [acknowledged(1), received(1), acknowledged(2)]
    keep = SqlFeeds.keep

    async def killed(book: SqlFeeds, *given: Any, **named: Any) -> None:
        if moment == "after":
            await keep(book, *given, **named)
        raise Killed

    monkeypatch.setattr(SqlFeeds, "keep", killed)
    with pytest.raises(Killed):
        await desk.read()
    monkeypatch.undo()

    await desk.read_all()

    assert await desk.came() == ["ack-1", "ack-2"]
    assert list(desk.ledger.written) == ["received-1"]


async def test_of_two_who_read_the_same_page_one_moves_the_feed_on(desk: Desk) -> None:
    await desk.book.keep(FEED, "wms", [acknowledged(1)], before=None, after="1")

    with pytest.raises(Overtaken):
        await desk.book.keep(FEED, "wms", [acknowledged(2)], before=None, after="2")

    assert await desk.book.cursor(FEED) == "1"
    assert await desk.came() == ["ack-1"]


async def test_what_cannot_be_so_is_kept_for_a_person_and_the_rest_goes_on(desk: Desk) -> None:
    foreign = BackorderExpired(
        event_id="ledger-1", order_id="order:shopify:1", occurred_at=NOON, reservation_key="order:shopify:1/stock"
    )
    desk.happenings.events = [received(1, node="atlantis"), foreign, acknowledged(2)]

    await desk.read_all()

    assert await desk.came() == ["ack-2"]
    kept = (await desk.quarantine.page(state=None, channel="feed_wms", cursor=None, limit=10)).items
    assert sorted(entry.errors[0]["code"] for entry in kept) == ["not_found", "not_yours"]


async def test_a_page_whose_stock_cannot_be_written_now_is_read_again_whole(desk: Desk) -> None:
    desk.happenings.events = [acknowledged(1), received(1)]
    desk.ledger.faults = [Transient("store", "the database is too busy")]
    with pytest.raises(Transient):
        await desk.read()
    assert await desk.came() == []

    await desk.read_all()

    assert (await desk.came(), list(desk.ledger.written)) == (["ack-1"], ["received-1"])


async def test_a_feed_that_says_there_is_more_but_not_where_is_not_read_for_ever(desk: Desk) -> None:
    class Stuck(Happenings):
        async def since(self, query: FeedQuery) -> FeedPage:
            return FeedPage(events=(), cursor=query.cursor, more=True)

    with pytest.raises(Transient, match="not where"):
        await Desk(desk.database, Stuck()).read()


@pytest.mark.slow
async def test_within_a_stretch_it_is_asked_again_and_again(desk: Desk) -> None:
    desk.happenings.events = [acknowledged(number) for number in range(4)]

    read = await desk.read(Stretch(feed=FEED, seconds=0.3))

    assert read.taken == 4
    assert read.pages > 3
    assert not read.more


async def test_a_worker_that_is_to_stop_ends_its_stretch_at_once(desk: Desk) -> None:
    stopping = ActivityEnvironment()
    stopping.worker_shutdown()

    read = await stopping.run(desk.reader(timedelta(hours=1)).read, Stretch(feed=FEED, seconds=3600))

    assert read.pages == 1


async def test_a_feed_that_cannot_be_read_shows_it_until_it_is_read_again(desk: Desk) -> None:
    now, patience = datetime.now(UTC), timedelta(minutes=2)
    await desk.book.polls([FEED, "orders-shopify"])
    await desk.book.troubled(FEED, "does not answer")
    first, second = await desk.book.standing()

    assert first.problem(now, patience) is not None
    assert "does not answer" in (first.problem(now, patience) or "")
    assert second.problem(now, patience) is None
    assert "nobody has read orders-shopify" in (second.problem(now + patience * 2, patience) or "")

    await desk.read()
    assert (await desk.book.standing())[0].problem(now, patience) is None


async def test_a_feed_that_is_connected_no_more_is_nobodys_trouble_and_keeps_its_place(desk: Desk) -> None:
    await desk.book.keep(FEED, "wms", [acknowledged(1)], before=None, after="1")
    await desk.book.troubled(FEED, "gone")

    await desk.book.polls([])
    assert await desk.book.standing() == []

    await desk.book.polls([FEED])
    (standing,) = await desk.book.standing()
    assert (standing.trouble, await desk.book.cursor(FEED)) == (None, "1")


async def test_a_partner_that_is_down_leaves_the_place_as_it_is(desk: Desk) -> None:
    desk.happenings.events = [acknowledged(1)]
    desk.happenings.faults = [Unavailable("wms", "down")]

    with pytest.raises(Unavailable):
        await desk.read()

    assert await desk.book.cursor(FEED) is None
