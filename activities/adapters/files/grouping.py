"""Rows that follow one another and have the same key belong together: an order, an invoice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from models.batch.batch import Place
from models.order.document import LINES_MAX

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Keyed(Protocol):
    """A row that says what it belongs to."""

    @property
    def number(self) -> int:
        """From 1."""

    @property
    def key(self) -> str:
        """What it belongs to; the empty string is nothing but itself."""

    @property
    def end(self) -> int:
        """Where in the file the next row begins."""


R = TypeVar("R", bound=Keyed)


@dataclass(frozen=True)
class Group(Generic[R]):
    """Rows of one key."""

    rows: list[R]
    then: Place
    too_long: bool
    """Whether these are more rows than one order has, or some of them."""


async def grouped(rows: AsyncIterator[R], place: Place) -> AsyncIterator[Group[R]]:
    """Put rows together. More than an order may have come in pieces, so that memory stays bounded."""
    held: list[R] = []
    overlong = place.context
    """The key of rows that have been too many already."""
    async for row in rows:
        if held and (row.key != held[0].key or not row.key):
            yield _group(held, overlong)
            overlong = overlong if held[0].key == overlong and row.key == overlong else ""
            held = []
        held.append(row)
        if len(held) > LINES_MAX:
            overlong = row.key
            yield _group(held, overlong)
            held = []
    if held:
        yield _group(held, overlong)


def _group(held: list[R], overlong: str) -> Group[R]:
    too_long = bool(overlong) and held[0].key == overlong
    last = held[-1]
    context = overlong if too_long else ""
    return Group(held, Place(offset=last.end, row=last.number, context=context), too_long)
