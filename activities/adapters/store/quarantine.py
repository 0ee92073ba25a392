"""Payloads that could not be mapped, kept until somebody corrects them; and those that are kept for the record only."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, literal, not_, or_, select, update

from activities.adapters.store import cursor as cursors
from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.inserting import insert
from activities.adapters.store.schema import storable
from activities.adapters.store.tables.intake import quarantine
from activities.adapters.store.tables.orders import orders
from activities.records.orders import Page, Quarantined, QuarantineState
from models.errors import Conflict, Noted, NotFound
from models.ids import order_id as order_id_of

if TYPE_CHECKING:
    from pydantic import JsonValue
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from models.errors import InvalidInput

_q = quarantine.c
_OPEN, _NOTED = QuarantineState.OPEN.value, QuarantineState.NOTED.value
_REPLAYED = QuarantineState.REPLAYED.value
_ROW = (_q.id, _q.channel, _q.payload, _q.errors, _q.state, _q.received_at, _q.attempts, _q.order_id)
_came = and_(_q.state == _NOTED, exists().where(orders.c.id == _q.order_id))
"""It was noted that an order is to be placed, and the order is there. Found out when it is asked for, not written:
nearly every order of some shops begins as a basket, and taking orders in is what is to be quick."""
_STATE = case((_came, _REPLAYED), else_=_q.state).label("state")
_SHOWN = tuple(_STATE if column is _q.state else column for column in _ROW)
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
        # What is noted of an order that is still to come is the newest that was said of it.
        note = insert(database, quarantine)
        newest = {name: note.excluded[name] for name in ("payload", "errors")}
        self._note = note.on_conflict_do_update(index_elements=[_q.id], set_=again | newest)

    async def keep(self, channel: str, payload: bytes, error: InvalidInput) -> Quarantined:
        """Keep a payload; the same one again, or another one of the order that is noted, is the same entry."""
        awaited = _awaited(channel, error)
        row = {
            "id": _entry_id(channel, awaited.encode() if awaited else payload),
            "channel": channel,
            "original": payload,
            "payload": payload,
            "errors": _errors(error),
            "state": _NOTED if isinstance(error, Noted) else _OPEN,
            "attempts": 1,
            "order_id": awaited,
            "received_at": self._now(),
        }
        async with self._database.writing() as connection:
            kept = await connection.execute((self._note if awaited else self._keep).returning(*_ROW), row)
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
            wanted = wanted.where(_is(state))
        if channel is not None:
            wanted = wanted.where(_q.channel == channel)
        page = cursors.one_page(quarantine, wanted, cursor=cursor, limit=limit)
        if not storable(channel):
            return Page(items=[], next_cursor=None)
        async with self._database.reading() as connection:
            rows = (await connection.execute(page)).all()
        return cursors.as_page(quarantine, rows, limit, _entry)

    async def open_by_channel(self) -> dict[str, int]:
        """How many entries somebody has to look at, by channel."""
        counted = (
            select(_q.channel, func.count().label("entries")).where(_is(QuarantineState.OPEN)).group_by(_q.channel)
        )
        async with self._database.reading() as connection:
            return {row.channel: row.entries for row in (await connection.execute(counted)).all()}

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
        outcome = {"payload": payload, "errors": [], "state": _REPLAYED, "order_id": order_id}
        try:
            return await self._try_again(entry_id, **outcome)
        except Conflict:
            entry = await self.find(entry_id)
            if entry.order_id == order_id:
                return entry
            raise

    async def _try_again(self, entry_id: str, **outcome: object) -> Quarantined:
        undone = (_q.id == entry_id, _q.state != _REPLAYED)
        attempt = update(quarantine).where(*undone).values(attempts=_q.attempts + 1, **outcome).returning(*_ROW)
        async with self._database.writing() as connection:
            row = (await connection.execute(attempt)).one_or_none()
            if row is not None:
                return _entry(row)
            entry = await _find(connection, entry_id)
        raise Conflict("replayed", f"{entry_id} has become the order {entry.order_id} already")


def _is(state: QuarantineState) -> ColumnElement[bool]:
    """Whether an entry is in a state; what is written of it tells all but whether an order that was noted has come."""
    if state is QuarantineState.OPEN:
        return _q.state == _OPEN
    if state is QuarantineState.NOTED:
        return and_(_q.state == _NOTED, not_(_came))
    return or_(_q.state == _REPLAYED, _came)


async def _find(connection: AsyncConnection, entry_id: str) -> Quarantined:
    row = (await connection.execute(select(*_SHOWN).where(_q.id == entry_id))).one_or_none()
    if row is None:
        raise _no_entry(entry_id)
    return _entry(row)


def _no_entry(entry_id: str) -> NotFound:
    return NotFound(f"there is nothing in quarantine with the id {entry_id}")


def _awaited(channel: str, error: InvalidInput) -> str | None:
    """Which order of ours it will be, if it is noted as one that is still to be placed."""
    if not isinstance(error, Noted) or error.external_id is None:
        return None
    return order_id_of(channel, error.external_id)


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
        order_id=row.order_id if row.state == _REPLAYED else None,
    )
