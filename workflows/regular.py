"""What runs by itself, by the name of its schedule: who has it run at once names the same."""

STOCK_CHECK = "stock-check"
"""Stock beside the warehouse's, the ERP's and our own books."""
RECONCILIATION = "reconciliation"
"""Orders beside what our partners have written down about them."""
