"""Shopify's orders by poll: which were changed, all of each, written as its webhooks would write it."""
