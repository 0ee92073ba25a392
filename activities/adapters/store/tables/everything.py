"""Every table of ours on one MetaData, for the migrations to compare with."""

from activities.adapters.store.schema import metadata
from activities.adapters.store.stock import tables as stock
from activities.adapters.store.tables import access, batches, catalogue, intake, money, orders, reconciling, returns

__all__ = ["access", "batches", "catalogue", "intake", "metadata", "money", "orders", "reconciling", "returns", "stock"]
