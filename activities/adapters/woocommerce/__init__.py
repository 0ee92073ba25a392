"""WooCommerce: orders as its REST API v3 and its webhooks deliver them."""
