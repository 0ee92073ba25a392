"""What feeds were sent, written down before they are sent: Amazon shows nobody what is in a feed.

One SQLite file for all workers of a channel, on one machine. It holds no personal data: our keys and Amazon's ids.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TABLE = """
CREATE TABLE IF NOT EXISTS feeds (
    key TEXT PRIMARY KEY,
    sent_at REAL NOT NULL,
    feed_id TEXT,
    done INTEGER NOT NULL DEFAULT 0
)
"""
_KEPT_S = 100 * 86_400.0
"""Amazon keeps feeds for 90 days."""
_PATIENCE_S = 10.0


@dataclass(frozen=True)
class Entry:
    """One feed."""

    sent_at: float
    """When sending it began, seconds since 1970."""
    feed_id: str | None
    """Amazon's id; none while it is not known whether Amazon has it."""
    done: bool
    """Whether Amazon has carried it out."""


class Journal:
    """The file."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened yet."""
        self._path = path

    async def find(self, key: str) -> Entry | None:
        """What is written under a key."""
        return await asyncio.to_thread(self._find, key)

    async def sending(self, key: str) -> bool:
        """Write down that a feed is about to be sent; false where another worker has done so."""
        return await asyncio.to_thread(self._sending, key)

    async def sent(self, key: str, feed_id: str) -> None:
        """Write down Amazon's id of it."""
        await asyncio.to_thread(self._change, "UPDATE feeds SET feed_id = ? WHERE key = ?", (feed_id, key))

    async def done(self, key: str) -> None:
        """Write down that Amazon has carried it out."""
        await asyncio.to_thread(self._change, "UPDATE feeds SET done = 1 WHERE key = ?", (key,))

    async def not_sent(self, key: str) -> None:
        """Strike it out: Amazon does not have it."""
        await asyncio.to_thread(self._change, "DELETE FROM feeds WHERE key = ?", (key,))

    async def known(self) -> set[str]:
        """Every id that is written down."""
        return await asyncio.to_thread(self._known)

    def _find(self, key: str) -> Entry | None:
        with closing(self._opened()) as database:
            row = database.execute("SELECT sent_at, feed_id, done FROM feeds WHERE key = ?", (key,)).fetchone()
        return None if row is None else Entry(row[0], row[1], bool(row[2]))

    def _sending(self, key: str) -> bool:
        now = time.time()
        with closing(self._opened()) as database, database:
            database.execute("DELETE FROM feeds WHERE sent_at < ?", (now - _KEPT_S,))
            wrote = database.execute("INSERT OR IGNORE INTO feeds (key, sent_at) VALUES (?, ?)", (key, now))
            return wrote.rowcount == 1

    def _change(self, statement: str, values: tuple[str, ...]) -> None:
        with closing(self._opened()) as database, database:
            database.execute(statement, values)

    def _known(self) -> set[str]:
        with closing(self._opened()) as database:
            return {row[0] for row in database.execute("SELECT feed_id FROM feeds WHERE feed_id IS NOT NULL")}

    def _opened(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._path, timeout=_PATIENCE_S)
        # What is written down has to be there after a power cut, before the request goes out.
        database.execute("PRAGMA synchronous = FULL")
        database.execute(_TABLE)
        return database
