"""Files of orders, read piece by piece: our flat CSV, JSON lines, X12 and a wholesaler's sales."""
