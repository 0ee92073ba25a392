"""Vendure: orders as its Admin API shows them."""
