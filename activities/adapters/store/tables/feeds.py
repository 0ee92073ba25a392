"""What is polled: partners' feeds, and the orders of connected channels."""

from sqlalchemy import Boolean, Column, Table, Text

from activities.adapters.store.schema import UtcTime, key, metadata

feeds = Table(
    "feeds",
    metadata,
    Column("name", key(64), primary_key=True),
    Column("cursor", Text),
    Column("polled", Boolean, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("read_at", UtcTime),
    Column("trouble", Text),
    Column("troubled_since", UtcTime),
)
"""One row a feed. `polled` is false for one that is connected no more: it keeps its cursor, should it come back."""
