"""Crashes: a task that dies at the n-th thing it asks of the database, its transaction with it."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from activities.adapters.store.database import Database


class Crash(Exception):
    """The process is gone: nobody may catch this but whoever lit the fuse."""


@dataclass
class Fuse:
    """How much is still asked of the database before the crash."""

    left: int
    burnt: bool = False

    def burn(self) -> None:
        """Come one step nearer.

        Raises:
            Crash: the fuse has burnt down.
        """
        if self.left <= 0:
            self.burnt = True
            raise Crash
        self.left -= 1


_fuse: ContextVar[Fuse | None] = ContextVar("fuse", default=None)


@contextmanager
def crash_after(steps: int) -> Iterator[Fuse]:
    """Let whatever runs inside crash at the statement, or the commit, after so many."""
    fuse = Fuse(steps)
    token = _fuse.set(fuse)
    try:
        yield fuse
    finally:
        _fuse.reset(token)


def can_crash(database: Database) -> None:
    """Have each statement and each commit of a database burn the fuse of the task that asks for it."""
    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", _burn)
        event.listen(engine, "commit", _burn)


def _burn(*_whatever: object) -> None:
    fuse = _fuse.get()
    if fuse is not None:
        fuse.burn()
