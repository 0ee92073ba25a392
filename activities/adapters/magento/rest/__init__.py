"""Adobe Commerce spoken to by its REST API: orders read by poll, shipments, cancellations, refunds and stock told."""
