"""What a service keeps: sales orders, authorisations, parcels; one JSON document each, and running numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ops.sandbox.serving.database import Database

Record = dict[str, Any]


class Records:
    """Documents by kind and id, and by the key they were asked for under."""

    def __init__(self, database: Database) -> None:
        """Keep them in the service's database."""
        self._database = database

    def get(self, kind: str, record_id: str) -> Record | None:
        """Find a record by its id."""
        row = self._database.row("SELECT body FROM records WHERE kind = ? AND id = ?", (kind, record_id))
        return json.loads(row["body"]) if row else None

    def by_key(self, kind: str, key: str) -> tuple[str, Record] | None:
        """Find a record, with its id, by the key it was asked for under."""
        row = self._database.row("SELECT id, body FROM records WHERE kind = ? AND key = ? ORDER BY id", (kind, key))
        return (row["id"], json.loads(row["body"])) if row else None

    def all(self, kind: str) -> list[tuple[str, Record]]:
        """List every record of a kind by id."""
        rows = self._database.rows("SELECT id, body FROM records WHERE kind = ? ORDER BY id", (kind,))
        return [(row["id"], json.loads(row["body"])) for row in rows]

    def put(self, kind: str, record_id: str, body: Record, key: str = "") -> None:
        """Keep a record, or its new state; the key it came with stays."""
        self._database.run(
            "INSERT INTO records (kind, id, key, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (kind, record_id, key, json.dumps(body)),
        )

    def number(self, kind: str) -> int:
        """Count up; the first is 1."""
        row = self._database.row(
            "INSERT INTO counters (kind, n) VALUES (?, 1) ON CONFLICT (kind) DO UPDATE SET n = n + 1 RETURNING n",
            (kind,),
        )
        if row is None:
            message = "an upsert that returns its row returned none"
            raise AssertionError(message)
        return int(row["n"])
