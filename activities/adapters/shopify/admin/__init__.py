"""Shopify spoken to by its Admin GraphQL API: orders read by poll; parcels, cancellations, refunds and stock told."""
