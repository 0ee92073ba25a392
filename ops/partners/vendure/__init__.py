"""Vendure, a shop that other people wrote, on this machine: its goods, its till and its shoppers."""
