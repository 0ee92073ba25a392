"""How far each feed is read, kept with what was read: whoever is killed has either taken a page in, or has not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select, update

from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.inbox import waiting_row
from activities.adapters.store.inserting import insert_missing
from activities.adapters.store.tables.feeds import feeds
from activities.adapters.store.tables.intake import inbox
from activities.records.feeds import FeedStanding, Overtaken

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from models.partners.events import PartnerEvent

_f = feeds.c
_SEEN_EVERY = timedelta(seconds=20)
"""A feed with no news is noted as read no more often than this."""
_TROUBLE_MAX = 500


class SqlFeeds:
    """`activities.records.feeds.FeedBook` on our own database."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        """Keep it in this database, whose tables the migrations have made."""
        self._database = database
        self._now = now
        self._open = insert_missing(database, feeds)
        self._receive = insert_missing(database, inbox)

    async def polls(self, names: Iterable[str]) -> None:
        """Note which feeds are polled from now on; the others keep their cursors and are nobody's trouble."""
        now, wanted = self._now(), sorted(set(names))
        again = update(feeds).where(_f.name.in_(wanted), _f.polled.is_(False))
        async with self._database.writing() as connection:
            await connection.execute(update(feeds).where(_f.name.not_in(wanted)).values(polled=False))
            await connection.execute(
                again.values(polled=True, since=now, read_at=None, trouble=None, troubled_since=None)
            )
            for name in wanted:
                await connection.execute(self._open, {"name": name, "polled": True, "since": now})

    async def cursor(self, feed: str) -> str | None:
        """Where to read on; none: from the beginning."""
        async with self._database.reading() as connection:
            found: str | None = await connection.scalar(select(_f.cursor).where(_f.name == feed))
            return found

    async def keep(
        self, feed: str, source: str, events: Sequence[PartnerEvent], *, before: str | None, after: str | None
    ) -> None:
        """Put order events into the inbox and move on, in one transaction.

        Raises:
            Overtaken: another reader has moved the feed on in the meantime, and has taken this page in.
        """
        if not events and before == after:
            await self._seen(feed)
            return
        now = self._now()
        async with self._database.writing() as connection:
            await self._move(connection, feed, before, after)
            for event in events:
                row = waiting_row(source, event, event.model_dump_json().encode(), now)
                await connection.execute(self._receive, row)

    async def troubled(self, feed: str, trouble: str) -> None:
        """Note why a feed cannot be read; the next reading takes it back."""
        now = self._now()
        async with self._database.writing() as connection:
            await connection.execute(self._open, {"name": feed, "polled": True, "since": now})
            noted = {"trouble": trouble[:_TROUBLE_MAX], "troubled_since": func.coalesce(_f.troubled_since, now)}
            await connection.execute(update(feeds).where(_f.name == feed).values(noted))

    async def standing(self) -> list[FeedStanding]:
        """How every feed that is polled stands, by name."""
        shown = select(_f.name, _f.since, _f.read_at, _f.trouble, _f.troubled_since).where(_f.polled.is_(True))
        async with self._database.reading() as connection:
            rows = await connection.execute(shown.order_by(_f.name))
            return [FeedStanding(*row) for row in rows]

    async def _seen(self, feed: str) -> None:
        """Note that it was read, unless that was noted a moment ago."""
        now = self._now()
        stale = or_(_f.read_at.is_(None), _f.read_at <= now - _SEEN_EVERY, _f.trouble.is_not(None))
        async with self._database.reading() as connection:
            known = select(_f.name).where(_f.name == feed, ~stale)
            if await connection.scalar(known) is not None:
                return
        async with self._database.writing() as connection:
            await connection.execute(self._open, {"name": feed, "polled": True, "since": now})
            well = {"read_at": now, "trouble": None, "troubled_since": None}
            await connection.execute(update(feeds).where(_f.name == feed).values(well))

    async def _move(self, connection: AsyncConnection, feed: str, before: str | None, after: str | None) -> None:
        now = self._now()
        await connection.execute(self._open, {"name": feed, "polled": True, "since": now})
        # The guard stands in the statement itself: of two who read the same page, one moves the feed on.
        here = update(feeds).where(_f.name == feed, _f.cursor.is_not_distinct_from(before))
        moved = here.values(cursor=after, read_at=now, trouble=None, troubled_since=None)
        if (await connection.execute(moved)).rowcount != 1:
            raise Overtaken
