"""Claims on stock: opened, held longer, made firm, given back, shipped."""
