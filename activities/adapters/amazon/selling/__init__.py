"""Amazon spoken to by its Selling Partner API: orders read by poll, parcels, cancellations, refunds and stock told."""
