"""Reading a shop's orders by when they were changed: no order is passed over, and none is read for ever.

A place is a second of the shop's clock and the last order read that was changed in it. Reading on asks for what was
changed at that second or later, oldest first: an order that changes meanwhile moves to the end and pushes none over a
page's edge, since only the first page is ever asked for. How a shop orders what it changed in one second is its own
affair; so a full page is read only up to its last second, and a second that fills a page by itself is read by id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

_SECOND = timedelta(seconds=1)


class Place(NamedTuple):
    """How far the orders have been read."""

    changed_at: datetime
    """In UTC, to the second."""
    number: int
    """The shop's id of the last order read that was changed then."""

    @classmethod
    def read(cls, cursor: str) -> Place:
        """Read a cursor of ours.

        Raises:
            ValueError: it is none.
        """
        moment, _, number = cursor.partition("/")
        return cls(datetime.fromisoformat(moment).astimezone(UTC), int(number))

    def __str__(self) -> str:
        """As a cursor: ``2026-11-20T12:00:00+00:00/5001``."""
        return f"{self.changed_at.isoformat()}/{self.number}"


@dataclass(frozen=True)
class Entry:
    """An order, and where it stands."""

    place: Place
    payload: bytes = b""
    """As the shop gave it, where it gave all of it."""


@dataclass(frozen=True)
class Listed:
    """An answer of the shop: some orders, and whether there are more than fitted."""

    entries: Sequence[Entry]
    full: bool


class Listing(Protocol):
    """What a shop is asked for."""

    async def since(self, moment: datetime | None) -> Listed:
        """Orders changed at this second or later, the oldest change first; None: all of them."""

    async def within(self, moment: datetime, above: int) -> Listed:
        """Orders changed in this second whose id is greater, the least id first."""


@dataclass(frozen=True)
class Page:
    """The orders that come next."""

    entries: tuple[Entry, ...]
    place: Place | None
    more: bool


async def next_page(listing: Listing, place: Place | None, begin: datetime | None) -> Page:
    """Read on.

    Args:
        listing: the shop.
        place: how far it has been read.
        begin: where reading begins, where it has not been read yet.

    Raises:
        PartnerError: nothing was read; reading again from the same place is safe.
    """
    since = begin if place is None else place.changed_at
    while True:
        listed = await listing.since(since)
        entries = sorted(listed.entries, key=lambda each: each.place)
        last = entries[-1].place.changed_at if entries else None
        whole = [each for each in entries if not listed.full or each.place.changed_at != last]
        fresh = tuple(each for each in whole if place is None or each.place > place)
        if fresh or not listed.full or last is None:
            return Page(fresh, fresh[-1].place if fresh else place, listed.full)
        above = place.number if place is not None and place.changed_at == last else 0
        rest = await listing.within(last, above)
        if rest.entries:
            found = tuple(sorted(rest.entries, key=lambda each: each.place))
            return Page(found, found[-1].place, more=True)
        since = last + _SECOND
