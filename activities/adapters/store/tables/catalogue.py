"""What the ERP has told us of articles."""

from pydantic import TypeAdapter
from sqlalchemy import Column, Table

from activities.adapters.store.schema import JsonOf, UtcTime, key, metadata
from models.catalogue import Item

items = Table(
    "items",
    metadata,
    Column("sku", key(100), primary_key=True),
    Column("item", JsonOf(TypeAdapter(Item)), nullable=False),
    Column("learned_at", UtcTime, nullable=False),
)
"""Master data, as the ERP last told it."""
