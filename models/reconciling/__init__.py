"""Reconciling: what partners have written down, compared with what we have."""
