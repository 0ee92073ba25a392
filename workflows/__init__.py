"""The story of an order in time: deterministic, and told in activities."""
