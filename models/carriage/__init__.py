"""Parcels at carriers: which offer is taken, and what a carrier's word for where one is means."""
