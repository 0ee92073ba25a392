"""What may be promised, what happens to stock, and what is bought."""
