"""Promises: when an order leaves us and when the customer has it, what that rests on, and whether it was kept."""
