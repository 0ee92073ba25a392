"""Who carries which parcel: what we note of each booking, so that a carrier's word finds the order it is for."""

from __future__ import annotations

from typing import Final

UNKNOWN_ORDER: Final = "order:unknown:parcel"
"""Stands in an event for the order of a parcel that its carrier knows by tracking number only."""
