"""Commands about orders: found, shown, decided, changed, sent back."""
