"""A wholesaler's sales as his books export them."""
