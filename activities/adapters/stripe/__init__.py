"""The Stripe API, spoken to with Stripe's own SDK."""
