"""A Vendure shop, asked and told over its Admin API."""
