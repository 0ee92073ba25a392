"""Reconciling on our own database."""
