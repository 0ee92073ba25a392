"""What replenishment has asked partners for."""

from pydantic import TypeAdapter
from sqlalchemy import Column, Table, Text

from activities.adapters.store.schema import JsonOf, UtcTime, key, metadata
from models.stock.replenishment import Proposal

replenishment_asks = Table(
    "replenishment_asks",
    metadata,
    Column("sku", key(100), primary_key=True),
    Column("node", key(100), primary_key=True),
    Column("key", key(500), nullable=False),
    Column("proposal", JsonOf(TypeAdapter(Proposal)), nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("refused_at", UtcTime),
    Column("refusal", Text),
)
"""One row an article and node, from before a partner is asked until he has answered, or the goods have left.

Whoever asks again asks for the very same: a partner who has done it knows the key, and must not find something else
under it. One that was refused has `refused_at`; its key is used up. `key` stands in `proposal` too.
"""
