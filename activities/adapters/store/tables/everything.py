"""Every table of ours on one MetaData, for the migrations to compare with."""

from activities.adapters.store.schema import metadata
from activities.adapters.store.stock import tables as stock
from activities.adapters.store.stock.buying import tables as buying
from activities.adapters.store.stock.events import word_table as words
from activities.adapters.store.tables import (
    access,
    batches,
    catalogue,
    feeds,
    intake,
    money,
    orders,
    parcels,
    reconciling,
    returns,
)

__all__ = [
    "access",
    "batches",
    "buying",
    "catalogue",
    "feeds",
    "intake",
    "metadata",
    "money",
    "orders",
    "parcels",
    "reconciling",
    "returns",
    "stock",
    "words",
]
