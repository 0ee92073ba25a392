"""Whether the books are right: movements, balances, reservations and others' books compared."""
