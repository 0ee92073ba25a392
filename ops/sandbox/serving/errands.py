"""What a service still has to do later: work that takes its time, and callbacks until somebody takes them."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ops.sandbox.serving.database import Database

_AT_ONCE = 32
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 30.0
_PAGE_MAX = 10_000


@dataclass(frozen=True)
class Errand:
    """One thing to do."""

    id: int
    kind: str
    body: dict[str, Any]
    attempts: int


class Errands:
    """A durable list of things to do, each tried until it is done; it goes on where it was after a restart."""

    def __init__(self, database: Database) -> None:
        """Keep the list in the service's database."""
        self._database = database
        self._doers: dict[str, Callable[[dict[str, Any]], Awaitable[None]]] = {}
        self._busy: set[int] = set()
        self._wake = asyncio.Event()

    def learn(self, kind: str, doer: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        """Say how a kind of errand is done; a doer that raises is called again later."""
        self._doers[kind] = doer

    def add(self, kind: str, order_id: str, body: dict[str, Any], after_s: float = 0.0) -> None:
        """Put something on the list, in the transaction that is running."""
        self._database.run(
            "INSERT INTO errands (kind, order_id, body, due_at) VALUES (?, ?, ?, ?)",
            (kind, order_id, json.dumps(body), time.time() + after_s),
        )
        self._wake.set()

    def note(self, at: str, happening: str) -> None:
        """Note what happened, in the transaction that is running; whoever lists what a service did reads it here."""
        self._database.run("INSERT INTO happenings (at, body) VALUES (?, ?)", (at, happening))

    def of_kind(self, kind: str, order_id: str) -> list[dict[str, Any]]:
        """List errands of a kind, done or not, oldest first; of one order where it is given."""
        rows = self._database.rows(
            "SELECT order_id, body, attempts, last_trouble, done_at FROM errands"
            " WHERE kind = ? AND (? = '' OR order_id = ?) ORDER BY id LIMIT ?",
            (kind, order_id, order_id, _PAGE_MAX),
        )
        return [dict(row) | {"body": json.loads(row["body"])} for row in rows]

    async def run(self) -> None:
        """Do what is due, for ever."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._wake.clear()
                due, pause = self._due()
                for errand in due:
                    self._busy.add(errand.id)
                    group.create_task(self._do(errand))
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._wake.wait()

    def _due(self) -> tuple[list[Errand], float | None]:
        """Say what to begin now, and after how many seconds to look again; None: when something changes."""
        rows = self._database.rows(
            "SELECT * FROM errands WHERE done_at IS NULL ORDER BY due_at, id LIMIT ?", (2 * _AT_ONCE,)
        )
        waiting = [row for row in rows if row["id"] not in self._busy][: _AT_ONCE - len(self._busy)]
        now = time.time()
        due = [row for row in waiting if row["due_at"] <= now]
        later = waiting[len(due) :]
        errands = [Errand(row["id"], row["kind"], json.loads(row["body"]), row["attempts"]) for row in due]
        return errands, max(later[0]["due_at"] - now, 0.0) if later else None

    async def _do(self, errand: Errand) -> None:
        try:
            await self._doers[errand.kind](errand.body)
        except Exception as error:  # noqa: BLE001 - whatever stops one errand must not stop the others
            pause = min(_FIRST_PAUSE_S * 2 ** min(errand.attempts, 20), _LONGEST_PAUSE_S)
            self._database.run(
                "UPDATE errands SET attempts = attempts + 1, due_at = ?, last_trouble = ? WHERE id = ?",
                (time.time() + pause, f"{type(error).__name__}: {error}"[:500], errand.id),
            )
        else:
            self._database.run(
                "UPDATE errands SET attempts = attempts + 1, done_at = ? WHERE id = ?",
                (datetime.now(UTC).isoformat(), errand.id),
            )
        finally:
            self._busy.discard(errand.id)
            self._wake.set()
