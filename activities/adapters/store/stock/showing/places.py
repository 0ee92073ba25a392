"""Opaque cursors of lists that are not sorted by age alone: the sort key of the last row shown."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from activities.adapters.store.schema import storable
from activities.records.orders import Page
from models.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")
Place = tuple[int | str, ...]

_LONGEST = 4000


def page_of(
    name: str, rows: Sequence[R], limit: int, *, view: Callable[[R], T], place: Callable[[R], Place]
) -> Page[T]:
    """Make a page of at most `limit` rows and one more, which only tells that there is more."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page([view(row) for row in shown], _write(name, place(shown[-1])) if more else None)


def read_place(name: str, cursor: str, *kinds: type[int | str]) -> Place:
    """Where the page before ended.

    Raises:
        InvalidInput: the cursor is not one of this list.
    """
    place = _decoded(cursor) if len(cursor) <= _LONGEST else ()
    fits = len(place) == len(kinds) and all(type(part) is kind for part, kind in zip(place, kinds, strict=True))
    # A cursor of ours reads back to itself; whatever else could be read from it, somebody made up.
    if not fits or not storable(*(part for part in place if isinstance(part, str))) or _write(name, place) != cursor:
        raise InvalidInput.at("/cursor", "cursor", "is not a cursor of this list")
    return place


def moment_of(text: int | str) -> datetime:
    """A moment out of a place.

    Raises:
        InvalidInput: it is none.
    """
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput.at("/cursor", "cursor", "is not a cursor of this list") from error


def number_of(value: int | str) -> int:
    """A row's number out of a place.

    Raises:
        InvalidInput: no row can have it.
    """
    number = int(value)
    if not 0 <= number < 1 << 63:
        raise InvalidInput.at("/cursor", "cursor", "is not a cursor of this list")
    return number


def _write(name: str, place: Place) -> str:
    text = json.dumps([name, *place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> Place:
    try:
        _name, *place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(place)
    except (ValueError, TypeError, RecursionError):
        return ()
