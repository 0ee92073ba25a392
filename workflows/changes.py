"""Changes that running orders live through: each names itself here, and orders begun before it go on as they were."""

STOCK_CONTROL = "stock-control"
"""Reservations are made firm, kept while somebody thinks, and freed when a warehouse comes short."""
