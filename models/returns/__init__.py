"""Returns: what comes back, why, what is given for it, and where the goods go; all of it pure."""
