"""Where the reading of a Tryton's records stands: by when they were last written, one place a model.

What Tryton writes bears the moment its transaction began, and comes into sight when that ends. So once a model has
been read to its end, the next reading begins a little before; what was handed on already is left out by whoever handed
it on, and where that is not known any more (another process, a restart) it is told again, under the same ids.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from activities.adapters.tryton.wire import Domain

_REMEMBERED = 8
"""Readings whose last records are remembered."""
_EPOCH = datetime.fromtimestamp(0, UTC)
_BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, order=True)
class Mark:
    """The last record read."""

    at: datetime = _BEFORE_ALL
    """When it was written."""
    number: int = 0

    def after(self) -> Domain:
        """Which records come after it."""
        same = [["write_date", "=", self.at], ["id", ">", self.number]]
        return ["OR", [["write_date", ">", self.at]], same]

    def before(self, overlap: timedelta, begins: Mark) -> Mark:
        """A mark so much earlier, though not before the beginning."""
        return max(Mark(max(self.at - overlap, _BEFORE_ALL)), begins)


@dataclass(frozen=True)
class Standing:
    """How far each model has been read."""

    marks: tuple[Mark, ...]
    """From where to read on."""
    ends: tuple[Mark, ...]
    """The latest record of each that was ever read."""
    turn: int = 0
    """Counts up, so that no two cursors are the same."""

    @classmethod
    def begin(cls, models: int, begins: datetime | None) -> Standing:
        """Begin at a moment, or with all there is."""
        mark = beginning(begins)
        return cls((mark,) * models, (mark,) * models)

    @classmethod
    def read(cls, cursor: str, models: int) -> Standing:
        """Read a cursor of ours, over so many models.

        Raises:
            ValueError: it is none.
        """
        try:
            turn, *marks = json.loads(cursor)
            found = tuple(Mark(_EPOCH + timedelta(microseconds=at), int(number)) for at, number in marks)
            standing = cls(found[:models], found[models:], int(turn))
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise ValueError(f"{cursor!r} is no cursor of ours") from error
        if len(standing.marks) != models or len(standing.ends) != models:
            raise ValueError(f"{cursor!r} is a cursor of something else")
        return standing

    def __str__(self) -> str:
        """As a cursor."""
        return json.dumps([self.turn, *map(_micro, (*self.marks, *self.ends))], separators=(",", ":"))

    def moved(self, model: int, mark: Mark, back: Callable[[Mark], Mark] | None) -> Standing:
        """Note how far one model was read.

        Args:
            model: which.
            mark: its last record that was read.
            back: where it was read to its end: goes a little back from the latest record, to read on from there.
        """
        latest = max(self.ends[model], mark)
        onward = mark if back is None else back(latest)
        return replace(
            self,
            marks=(*self.marks[:model], onward, *self.marks[model + 1 :]),
            ends=(*self.ends[:model], latest, *self.ends[model + 1 :]),
        )


class HandedOn:
    """What was read already of what is read again: by cursor, since whoever comes with one has all before it."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._by_cursor: OrderedDict[str, dict[str, datetime]] = OrderedDict()

    def before(self, cursor: str | None) -> dict[str, datetime]:
        """What was read up to a cursor and may come again, by name, with when it was written."""
        return self._by_cursor.get(cursor or "", {})

    def remember(self, standing: Standing, known: Mapping[str, datetime], found: Mapping[str, datetime]) -> None:
        """Note what was read up to here, as far as it may come again."""
        from_here = min(mark.at for mark in standing.marks)
        told = {**known, **found}
        self._by_cursor[str(standing)] = {name: at for name, at in told.items() if at >= from_here}
        while len(self._by_cursor) > _REMEMBERED:
            self._by_cursor.popitem(last=False)


def beginning(begins: datetime | None) -> Mark:
    """The mark of a moment; none: before all there is."""
    return Mark() if begins is None else Mark(begins.astimezone(UTC))


def _micro(mark: Mark) -> list[Any]:
    since = mark.at - _EPOCH
    return [since // timedelta(microseconds=1), mark.number]
