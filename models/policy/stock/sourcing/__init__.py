"""Where goods come from, and what is done when there are too few."""
