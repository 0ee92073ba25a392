"""Which carrier has the parcel that was booked under a key, and by which number it knows it."""

from sqlalchemy import Column, Index, String, Table

from activities.adapters.store.schema import UtcTime, key, metadata

parcels = Table(
    "parcels",
    metadata,
    Column("key", key(250), primary_key=True),
    Column("order_id", key(200), nullable=False),
    Column("holder", String(100)),
    Column("tracking_number", key(500)),
    Column("noted_at", UtcTime, nullable=False),
    Index("parcels_by_number", "tracking_number"),
)
"""`holder` is the carrier that has it or may have it; null: it has been settled that none has."""
