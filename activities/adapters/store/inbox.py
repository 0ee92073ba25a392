"""Partners' callbacks, each stored once, until its order has it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, tuple_, update

from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.inserting import insert_missing
from activities.adapters.store.tables.intake import WAITING, inbox
from activities.records.orders import InboxEntry

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import CTE, Update

    from activities.adapters.store.database import Database
    from models.partners.events import PartnerEvent

_i = inbox.c
_DELIVERED = "delivered"
_UNDELIVERABLE = "undeliverable"


def _next_in_line() -> CTE:
    # The state stands in the statement itself: only then do both databases see that the partial index serves. Who
    # claims at the same time on PostgreSQL, skips what we are taking; on SQLite he waits, and then finds it leased.
    return (
        select(_i.source, _i.event_id)
        .where(_i.state == bindparam("waiting", WAITING, literal_execute=True))
        .where(_i.next_attempt_at <= bindparam("now"), _i.leased_until <= bindparam("now"))
        .order_by(_i.received_at, _i.source, _i.event_id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        .cte("next_in_line")
    )


def _claim() -> Update:
    chosen = _next_in_line()
    return (
        update(inbox)
        .where(tuple_(_i.source, _i.event_id).in_(select(chosen.c.source, chosen.c.event_id)))
        .values(attempts=_i.attempts + 1, leased_until=bindparam("until"))
        .returning(_i.source, _i.event_id, _i.event, _i.attempts, _i.received_at)
    )


_CLAIM = _claim()


def waiting_row(source: str, event: PartnerEvent, body: bytes, now: datetime) -> dict[str, object]:
    """An event that has just come in."""
    return {
        "source": source,
        "event_id": event.event_id,
        "event": event,
        "body": body,
        "state": WAITING,
        "attempts": 0,
        "received_at": now,
        "next_attempt_at": now,
        "leased_until": now,
    }


class SqlInbox:
    """`activities.records.orders.Inbox` on our own database."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        """Keep the callbacks in this database, whose tables the migrations have made."""
        self._database = database
        self._now = now
        self._receive = insert_missing(database, inbox)

    async def receive(self, source: str, event: PartnerEvent, body: bytes) -> bool:
        """Store an event; False where it was here before."""
        row = waiting_row(source, event, body, self._now())
        async with self._database.writing() as connection:
            stored = await connection.execute(self._receive.returning(_i.event_id), row)
            return stored.first() is not None

    async def claim(self, *, limit: int, lease_s: float) -> list[InboxEntry]:
        """Take undelivered events, oldest first; nobody else gets them until the lease ends.

        `attempts` of each counts this one: a delivery that kills its process is counted too.
        """
        now = self._now()
        wanted = {"now": now, "until": now + timedelta(seconds=lease_s), "most": limit}
        async with self._database.writing() as connection:
            rows = (await connection.execute(_CLAIM, wanted)).all()
        rows = sorted(rows, key=lambda row: (row.received_at, row.source, row.event_id))
        return [InboxEntry(row.source, row.event_id, row.event, row.attempts) for row in rows]

    async def delivered(self, source: str, event_id: str) -> None:
        """Note that the order has it."""
        await self._settle(source, event_id, state=_DELIVERED, reason=None)

    async def undeliverable(self, source: str, event_id: str, reason: str) -> None:
        """Note why the order will never have it: it has ended, or there is no such order."""
        await self._settle(source, event_id, state=_UNDELIVERABLE, reason=reason)

    async def failed(self, source: str, event_id: str, reason: str, *, retry_in_s: float) -> None:
        """Note why delivery failed this time, and when to try again."""
        now = self._now()
        again: datetime = now + timedelta(seconds=retry_in_s)
        await self._settle(source, event_id, reason=reason, next_attempt_at=again, leased_until=now)

    async def _settle(self, source: str, event_id: str, **outcome: object) -> None:
        # Only what still waits: whoever was late with his word, after another has delivered it, changes nothing.
        waiting = (_i.source == source, _i.event_id == event_id, _i.state == WAITING)
        async with self._database.writing() as connection:
            await connection.execute(update(inbox).where(*waiting).values(**outcome))
