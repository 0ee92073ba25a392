"""What was said of supplies by their number alone."""

from sqlalchemy import Column, Table

from activities.adapters.store.schema import UtcTime, key, metadata

supply_words = Table(
    "supply_words",
    metadata,
    Column("id", key(500), primary_key=True),
    Column("expected_at", UtcTime),
    Column("dated_at", UtcTime),
    Column("called_off_at", UtcTime),
)
"""One row a supply that was put off or called off: it counts for articles that are announced only later, too.

`dated_at` and `called_off_at` are the times of the events that said so: an older one told later changes neither.
"""
