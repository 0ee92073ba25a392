"""Orders: handed in, shown, decided about, changed, and what their money did."""
