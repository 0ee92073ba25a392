"""What our own store keeps, as those who ask it see it."""
