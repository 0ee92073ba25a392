"""X12: the American EDI standard, as far as purchase orders and their answers go."""
