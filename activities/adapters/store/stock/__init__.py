"""What may be promised: balances, reservations and the movements they follow from."""
