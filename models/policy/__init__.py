"""Policies as versioned data, and the pure decisions made under them."""
