"""What is said of a whole supply, kept for articles of it that nobody has announced yet: events come in any order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, or_, select, update

from activities.adapters.store.stock.events.word_table import supply_words
from activities.adapters.store.stock.transaction import insert_once

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.stock.events.supply_rows import Expected

_w = supply_words.c
_is_it = _w.id == bindparam("of_id")
_said = bindparam("said", type_=_w.dated_at.type)
_READ = select(_w.expected_at, _w.dated_at, _w.called_off_at).where(_is_it).with_for_update()
_DATE = (
    update(supply_words)
    .where(_is_it, or_(_w.dated_at.is_(None), _w.dated_at <= _said))
    .values(expected_at=bindparam("expects", type_=_w.expected_at.type), dated_at=_said)
)
_CALL_OFF = (
    update(supply_words)
    .where(_is_it, or_(_w.called_off_at.is_(None), _w.called_off_at < _said))
    .values(called_off_at=_said)
)


@dataclass(frozen=True)
class Words:
    """What was said of a supply as a whole."""

    expected_at: datetime | None = None
    dated_at: datetime | None = None
    called_off_at: datetime | None = None

    def lay_over(self, row: Expected) -> None:
        """Have them count for an article that is announced only now."""
        if self.expected_at is not None and self.dated_at is not None:
            row.date(self.expected_at, self.dated_at)
        if self.called_off_at is not None and (row.told_at is None or row.told_at <= self.called_off_at):
            row.call_off()
            row.told_at = self.called_off_at


async def words_about(connection: AsyncConnection, supply_id: str) -> Words:
    """Read what was said of it, and keep others from saying more until the transaction ends."""
    # Who says something in this very moment is waited for, or waits: neither is passed by.
    await insert_once(connection, supply_words, {"id": supply_id})
    return Words(*(await connection.execute(_READ, {"of_id": supply_id})).one())


async def put_off(connection: AsyncConnection, supply_id: str, expected_at: datetime, said_at: datetime) -> None:
    """Keep its date, unless another was said since."""
    await insert_once(connection, supply_words, {"id": supply_id})
    await connection.execute(_DATE, {"of_id": supply_id, "expects": expected_at, "said": said_at})


async def call_off(connection: AsyncConnection, supply_id: str, said_at: datetime) -> None:
    """Keep that what is outstanding of it will not come."""
    await insert_once(connection, supply_words, {"id": supply_id})
    await connection.execute(_CALL_OFF, {"of_id": supply_id, "said": said_at})
