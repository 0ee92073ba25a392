"""An order's stock: reserved, waited for, replaced, sourced again, given back."""
