"""Karrio, a hub of carriers: labels, tracking, its list of parcels."""
