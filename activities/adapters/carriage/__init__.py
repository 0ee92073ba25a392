"""What adapters to carriers have in common: buying in two steps, looking up first, falling back to another."""
