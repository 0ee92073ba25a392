"""Every table of ours on one MetaData, for the migrations to compare with."""

from activities.adapters.store import stock_tables
from activities.adapters.store.schema import metadata
from activities.adapters.store.tables import access, catalogue, intake, orders

__all__ = ["access", "catalogue", "intake", "metadata", "orders", "stock_tables"]
