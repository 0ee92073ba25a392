"""Opaque cursors: where a page of a list ended."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import tuple_

from activities.adapters.store.schema import storable
from activities.records.orders import Page
from models.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import FromClause, Row, Select

T = TypeVar("T")

_LONGEST = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def one_page(
    table: FromClause, statement: Select[Any], *, cursor: str | None, limit: int, oldest_first: bool = False
) -> Select[Any]:
    """Cut a list of rows with `received_at` and `id` down to a page, and one row that tells whether there is more.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    age = (table.c.received_at, table.c.id)
    if cursor is not None:
        place = _read(_name(table), cursor)
        statement = statement.where(tuple_(*age) > place if oldest_first else tuple_(*age) < place)
    ordered = age if oldest_first else tuple(column.desc() for column in age)
    return statement.order_by(*ordered).limit(limit + 1)


def as_page(
    table: FromClause, rows: Sequence[Row[*tuple[Any, ...]]], limit: int, view: Callable[[Row[*tuple[Any, ...]]], T]
) -> Page[T]:
    """Make the page of the rows that `one_page` selected."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(
        items=[view(row) for row in shown],
        next_cursor=_write(_name(table), shown[-1].received_at, shown[-1].id) if more else None,
    )


def _name(table: FromClause) -> str:
    name: str = getattr(table, "name", "")
    return name


def _write(name: str, received_at: datetime, last_id: str) -> str:
    microseconds = (received_at - _EPOCH) // _MICROSECOND
    text = json.dumps([name, microseconds, last_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(name: str, cursor: str) -> tuple[datetime, str]:
    place = _decoded(cursor) if len(cursor) <= _LONGEST else None
    # A cursor of ours reads back to itself; whatever else could be read from it, somebody made up.
    if place is None or not storable(place[1]) or _write(name, *place) != cursor:
        raise InvalidInput.at("/cursor", "cursor", "is not a cursor of this list")
    return place


def _decoded(cursor: str) -> tuple[datetime, str] | None:
    try:
        _name, microseconds, last_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return (_EPOCH + microseconds * _MICROSECOND, last_id) if isinstance(last_id, str) else None
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
