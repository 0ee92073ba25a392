"""Shopify: orders as its Admin REST API and its webhooks deliver them."""
