"""Reconciling: the story of one run."""
