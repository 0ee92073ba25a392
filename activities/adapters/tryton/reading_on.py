"""Where the reading of a Tryton's records stands: by when they were last written, one place a model.

What Tryton writes bears the moment its transaction began, and comes into sight when that ends. So once a model has
been read to its end, the next reading begins a little before what was the latest when this one began: all that lay
before that was in sight by then. What was handed on already is left out by whoever handed it on, and where that is not
known any more (another process, a restart) it is told again, under the same ids.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from activities.adapters.tryton.wire import Read

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


class Written(Read):
    """A record that says when it was last written."""

    write_date: datetime

    @property
    def mark(self) -> Mark:
        """Its place among the others."""
        return Mark(self.write_date, self.id)


@dataclass(frozen=True)
class Standing:
    """How far each model has been read."""

    marks: tuple[Mark, ...]
    """From where to read on."""
    ends: tuple[Mark, ...]
    """The latest record of each when its reading began that is under way, or that has come to its end."""
    turn: int = 0
    """Counts up, so that no two cursors are the same."""
    through: frozenset[int] = frozenset()
    """Models that were read to their end while others are not: they are read again meanwhile, and not waited for."""

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
            turn, *rest = json.loads(cursor)
            marks = [one for one in rest if not isinstance(one, int)]
            found = tuple(Mark(_EPOCH + timedelta(microseconds=at), int(number)) for at, number in marks)
            through = frozenset(one for one in rest if isinstance(one, int))
            standing = cls(found[:models], found[models:], int(turn), through)
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise ValueError(f"{cursor!r} is no cursor of ours") from error
        if len(standing.marks) != models or len(standing.ends) != models or not through <= set(range(models)):
            raise ValueError(f"{cursor!r} is a cursor of something else")
        return standing

    def __str__(self) -> str:
        """As a cursor."""
        marks = map(_micro, (*self.marks, *self.ends))
        return json.dumps([self.turn, *marks, *sorted(self.through)], separators=(",", ":"))

    @property
    def more(self) -> bool:
        """Whether a model is still to be read to its end."""
        return len(self.through) < len(self.marks)

    def at_start(self, model: int) -> bool:
        """Whether a model is about to be read from the start of a stretch; within one stands a record's number."""
        return self.marks[model].number == 0

    def within(self, model: int, last: Mark, latest: Mark | None) -> Standing:
        """Note that a page of a model was full: its end was not reached.

        Args:
            model: which.
            last: its last record that was read.
            latest: the latest there was before, where this was the first page.
        """
        end = self.ends[model] if latest is None else max(self.ends[model], latest)
        return self._set(model, last, end)

    def at_end(self, model: int, last: Mark, back: Callable[[Mark], Mark]) -> Standing:
        """Note that a model was read to its end.

        Args:
            model: which.
            last: its last record that was read.
            back: goes a little back, to where the next reading begins.
        """
        end = max(self.ends[model], last) if self.at_start(model) else self.ends[model]
        return replace(self._set(model, back(end), end), through=self.through | {model})

    def since(self, before: Standing) -> Standing:
        """As a cursor is made of it, after a page of each model was read.

        While nothing happens it stays as it was, and nobody has to write it down again.
        """
        standing = self if self.more else replace(self, through=frozenset())
        return standing if standing == before else replace(standing, turn=before.turn + 1)

    def _set(self, model: int, mark: Mark, end: Mark) -> Standing:
        return replace(
            self,
            marks=(*self.marks[:model], mark, *self.marks[model + 1 :]),
            ends=(*self.ends[:model], end, *self.ends[model + 1 :]),
        )


class HandedOn:
    """What was read already of what is read again: by cursor, since whoever comes with one has all before it."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._by_cursor: OrderedDict[str, dict[str, datetime]] = OrderedDict()

    def before(self, cursor: str | None) -> dict[str, datetime]:
        """What was read up to a cursor and may come again, by name, with when it was written."""
        return self._by_cursor.get(cursor or "", {})

    def remember(
        self,
        standing: Standing,
        known: Mapping[str, datetime],
        found: Mapping[str, datetime],
        back: Callable[[Mark], Mark],
    ) -> None:
        """Note what was read up to here, as far as it may come again: once a model's end is reached, `back` from it."""
        from_here = min(mark.at for mark in (*standing.marks, *map(back, standing.ends)))
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
