"""Stripe World (MIT): the Stripe API as a local server with a memory. It sends no webhooks: we relay its events."""
