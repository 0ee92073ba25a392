"""Amazon orders: Selling Partner API orders (v0 and 2026-01-01) and the purchase orders Amazon gives vendors."""
