"""Ports to our own record of what is polled: how far each feed is read, and whether it can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from models.partners.events import PartnerEvent


class Overtaken(Exception):
    """Another reader has moved the feed on in the meantime: what was read now is no news."""


@dataclass(frozen=True)
class FeedStanding:
    """How one feed stands."""

    name: str
    since: datetime
    """When it was first to be polled."""
    read_at: datetime | None
    """When it was last read; to the half minute. None: never yet."""
    trouble: str | None
    """Why it cannot be read now."""
    troubled_since: datetime | None

    def problem(self, now: datetime, patience: timedelta) -> str | None:
        """What is wrong with it, in words; none where it was read within the time that `patience` gives it."""
        if self.trouble is not None and self.troubled_since is not None:
            return f"{self.name} cannot be read since {self.troubled_since:%Y-%m-%d %H:%M} UTC: {self.trouble}"
        if now - (self.read_at or self.since) > patience:
            last = f"{self.read_at:%Y-%m-%d %H:%M} UTC" if self.read_at else "it was connected"
            return f"nobody has read {self.name} since {last}"
        return None


class FeedBook(Protocol):
    """How far each feed is read."""

    async def polls(self, names: Iterable[str]) -> None:
        """Note which feeds are polled from now on; the others keep their cursors and are nobody's trouble."""

    async def cursor(self, feed: str) -> str | None:
        """Where to read on; none: from the beginning."""

    async def keep(
        self, feed: str, source: str, events: Sequence[PartnerEvent], *, before: str | None, after: str | None
    ) -> None:
        """Put order events into the inbox and move on, in one transaction; raises `Overtaken`."""

    async def troubled(self, feed: str, trouble: str) -> None:
        """Note why a feed cannot be read; the next reading takes it back."""

    async def standing(self) -> list[FeedStanding]:
        """How every feed that is polled stands, by name."""
