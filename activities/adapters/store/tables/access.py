"""Who may call, and which of their requests were answered already."""

from pydantic import TypeAdapter
from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from activities.adapters.store.schema import JsonOf, UtcTime, key, metadata

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    # Of principal, route and key together: a header of any length and alphabet fits.
    Column("id", key(64), primary_key=True),
    Column("body_digest", String(64), nullable=False),
    Column("leased_until", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("status", Integer),
    Column("headers", JsonOf(TypeAdapter(dict[str, str]))),
    Column("body", LargeBinary),
    Index("idempotency_keys_by_expiry", "expires_at"),
)
"""Requests by their key; the request is still running while there is no `status`."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", key(12), primary_key=True),
    Column("name", String(500), nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)
"""`hash` is keyed: without the pepper, which is not in the database, it tells nothing about the key.

Empty: the key was revoked.
"""
