"""The parts of an order's story, and what each of them works with."""
