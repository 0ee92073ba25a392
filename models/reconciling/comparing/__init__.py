"""Comparing one order's books with the documents partners have of it: pure functions."""
