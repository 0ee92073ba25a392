"""Payloads that could not be mapped, kept until somebody corrects them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, literal, select, update

from activities.adapters.store import cursor as cursors
from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.inserting import insert
from activities.adapters.store.schema import storable
from activities.adapters.store.tables.intake import quarantine
from activities.records.orders import Page, Quarantined, QuarantineState
from models.errors import Conflict, NotFound

if TYPE_CHECKING:
    from pydantic import JsonValue
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from models.errors import InvalidInput

_q = quarantine.c
_SHOWN = (_q.id, _q.channel, _q.payload, _q.errors, _q.state, _q.received_at, _q.attempts, _q.order_id)
_LISTED = tuple(literal(b"").label("payload") if column is _q.payload else column for column in _SHOWN)


class SqlQuarantine:
    """`activities.records.orders.Quarantine` on our own database."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        """Keep the payloads in this database, whose tables the migrations have made."""
        self._database = database
        self._now = now
        # The channel sends it again: one more attempt, and a correction in the making stays as it is.
        again = {"attempts": _q.attempts + 1}
        self._keep = insert(database, quarantine).on_conflict_do_update(index_elements=[_q.id], set_=again)

    async def keep(self, channel: str, payload: bytes, error: InvalidInput) -> Quarantined:
        """Keep a payload; the same one again is the same entry, tried once more."""
        row = {
            "id": _entry_id(channel, payload),
            "channel": channel,
            "original": payload,
            "payload": payload,
            "errors": _errors(error),
            "state": QuarantineState.OPEN.value,
            "attempts": 1,
            "received_at": self._now(),
        }
        async with self._database.writing() as connection:
            kept = await connection.execute(self._keep.returning(*_SHOWN), row)
            return _entry(kept.one())

    async def find(self, entry_id: str) -> Quarantined:
        """Read one.

        Raises:
            NotFound: there is none of this id.
        """
        if not storable(entry_id):
            raise _no_entry(entry_id)
        async with self._database.reading() as connection:
            return await _find(connection, entry_id)

    async def page(
        self, *, state: QuarantineState | None, channel: str | None, cursor: str | None, limit: int
    ) -> Page[Quarantined]:
        """Read a page, newest first.

        Raises:
            InvalidInput: the cursor is not one of this list.
        """
        wanted = select(*_LISTED)
        if state is not None:
            wanted = wanted.where(_q.state == state.value)
        if channel is not None:
            wanted = wanted.where(_q.channel == channel)
        page = cursors.one_page(quarantine, wanted, cursor=cursor, limit=limit)
        if not storable(channel):
            return Page(items=[], next_cursor=None)
        async with self._database.reading() as connection:
            rows = (await connection.execute(page)).all()
        return cursors.as_page(quarantine, rows, limit, _entry)

    async def failed_again(self, entry_id: str, payload: bytes, error: InvalidInput) -> Quarantined:
        """Keep the corrected payload, which still cannot be mapped.

        Raises:
            NotFound: there is none of this id.
            Conflict: it has become an order meanwhile.
        """
        return await self._try_again(entry_id, payload=payload, errors=_errors(error))

    async def replayed(self, entry_id: str, payload: bytes, order_id: str) -> Quarantined:
        """Note which order it became; noted again, nothing changes.

        Raises:
            NotFound: there is none of this id.
            Conflict: it has become another order meanwhile.
        """
        state = QuarantineState.REPLAYED.value
        try:
            return await self._try_again(entry_id, payload=payload, errors=[], state=state, order_id=order_id)
        except Conflict:
            entry = await self.find(entry_id)
            if entry.order_id == order_id:
                return entry
            raise

    async def _try_again(self, entry_id: str, **outcome: object) -> Quarantined:
        is_open = (_q.id == entry_id, _q.state == QuarantineState.OPEN.value)
        attempt = update(quarantine).where(*is_open).values(attempts=_q.attempts + 1, **outcome).returning(*_SHOWN)
        async with self._database.writing() as connection:
            row = (await connection.execute(attempt)).one_or_none()
            if row is not None:
                return _entry(row)
            entry = await _find(connection, entry_id)
        raise Conflict("replayed", f"{entry_id} has become the order {entry.order_id} already")


async def _find(connection: AsyncConnection, entry_id: str) -> Quarantined:
    row = (await connection.execute(select(*_SHOWN).where(_q.id == entry_id))).one_or_none()
    if row is None:
        raise _no_entry(entry_id)
    return _entry(row)


def _no_entry(entry_id: str) -> NotFound:
    return NotFound(f"there is nothing in quarantine with the id {entry_id}")


def _entry_id(channel: str, payload: bytes) -> str:
    return "q-" + hashlib.sha256(channel.encode() + b"\n" + payload).hexdigest()[:24]


def _errors(error: InvalidInput) -> list[dict[str, JsonValue]]:
    return [
        {"pointer": _visible(field.pointer), "code": field.code, "message": _visible(field.message)}
        for field in error.errors
    ]


def _visible(text: str) -> str:
    # An error may quote the half surrogate pair it complains of, which no JSON can hold.
    return text.encode(errors="backslashreplace").decode()


def _entry(row: Row[*tuple[Any, ...]]) -> Quarantined:
    return Quarantined(
        id=row.id,
        channel=row.channel,
        payload=row.payload,
        errors=row.errors,
        state=QuarantineState(row.state),
        received_at=row.received_at,
        attempts=row.attempts,
        order_id=row.order_id,
    )
