"""Batches: files of many orders, and what becomes of each of their rows."""
