"""What came in from outside: payloads that could not be mapped, and partners' callbacks."""

from pydantic import JsonValue, TypeAdapter
from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, column

from activities.adapters.store.schema import JsonOf, UtcTime, key, metadata
from models.partners.events import PARTNER_EVENT

_WORD = String(32)
WAITING = "waiting"
"""A callback that its order does not have yet."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", key(32), primary_key=True),
    Column("channel", key(32), nullable=False),
    Column("original", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("errors", JsonOf(TypeAdapter(list[dict[str, JsonValue]])), nullable=False),
    Column("state", _WORD, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("order_id", key(160)),
    Column("received_at", UtcTime, nullable=False),
    Index("quarantine_by_age", "received_at", "id"),
    Index("quarantine_by_state", "state", "received_at", "id"),
)
"""`original` is what came in; `payload` what was tried last. The id follows from channel and original."""

_is_waiting = column("state") == WAITING

inbox = Table(
    "inbox",
    metadata,
    Column("source", key(32), primary_key=True),
    Column("event_id", key(200), primary_key=True),
    Column("event", JsonOf(PARTNER_EVENT), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", Text),
    Column("received_at", UtcTime, nullable=False),
    Column("next_attempt_at", UtcTime, nullable=False),
    Column("leased_until", UtcTime, nullable=False),
    Index("inbox_waiting", "received_at", sqlite_where=_is_waiting, postgresql_where=_is_waiting),
)
"""Callbacks, each once. `leased_until` lies in the past while nobody is delivering it."""
