"""What may be promised, term by term."""
