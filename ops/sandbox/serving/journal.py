"""The journal: every request with its verdict, every effect exactly as committed, and the answer given under a key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ops.sandbox.serving.database import Database

PAGE_MAX = 10_000


class Verdict(StrEnum):
    """What became of a request."""

    DONE = "done"
    REPLAYED = "replayed"
    REFUSED = "refused"
    CONFLICT = "conflict"
    ANSWERED = "answered"
    """A question, or an undoing of nothing."""
    FAULT = "fault"
    """A dial had it fail before anything was done."""


@dataclass(frozen=True)
class Given:
    """The answer that was given under a key."""

    digest: str
    """Of what was asked; empty where the key is barred, whatever is asked."""
    done: bool
    body: str


class Journal:
    """What a service was asked and what it did."""

    def __init__(self, database: Database) -> None:
        """Keep it in the service's database."""
        self._database = database

    def request(self, operation: str, key: str, order_id: str, verdict: Verdict, detail: str = "") -> None:
        """Note a request."""
        self._database.run(
            "INSERT INTO requests (at, operation, key, order_id, verdict, detail) VALUES (?, ?, ?, ?, ?, ?)",
            (_now(), operation, key, order_id, verdict.value, detail),
        )

    def effect(self, operation: str, key: str, order_id: str, ask: str, receipt: str) -> None:
        """Note an effect; `ask` and `receipt` are JSON."""
        self._database.run(
            "INSERT INTO effects (at, operation, key, order_id, ask, receipt) VALUES (?, ?, ?, ?, ?, ?)",
            (_now(), operation, key, order_id, ask, receipt),
        )

    def given(self, key: str) -> Given | None:
        """Find the answer that was given under a key."""
        row = self._database.row("SELECT digest, done, body FROM answers WHERE key = ?", (key,))
        return Given(row["digest"], bool(row["done"]), row["body"]) if row else None

    def give(self, key: str, given: Given) -> None:
        """Keep the answer that is given under a key, the first one for good."""
        self._database.run(
            "INSERT INTO answers (key, digest, done, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (key, given.digest, int(given.done), given.body),
        )

    def forget(self, key: str) -> None:
        """Lose what was given under a key: whatever is asked under it next is done."""
        self._database.run("DELETE FROM answers WHERE key = ?", (key,))

    def requests(self, order_id: str, key: str, after: int, limit: int) -> list[dict[str, Any]]:
        """List requests, oldest first, of an order or under a key where they are given."""
        return self._list("requests", order_id, key, after, limit)

    def effects(self, order_id: str, key: str, after: int, limit: int) -> list[dict[str, Any]]:
        """List effects, oldest first, of an order or under a key where they are given."""
        found = self._list("effects", order_id, key, after, limit)
        return [row | {"ask": json.loads(row["ask"]), "receipt": json.loads(row["receipt"])} for row in found]

    def _list(self, table: str, order_id: str, key: str, after: int, limit: int) -> list[dict[str, Any]]:
        wanted = {"order_id": order_id, "key": key}
        given = {column: value for column, value in wanted.items() if value}
        where = "".join(f" AND {column} = ?" for column in given)
        rows = self._database.rows(
            f"SELECT * FROM {table} WHERE seq > ?{where} ORDER BY seq LIMIT ?",  # noqa: S608 - our own words only
            (after, *given.values(), min(limit, PAGE_MAX)),
        )
        return [dict(row) for row in rows]


def _now() -> str:
    return datetime.now(UTC).isoformat()
