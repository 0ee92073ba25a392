"""WooCommerce spoken to by its REST API v3: orders read by poll; parcels, cancellations, refunds and stock told."""
