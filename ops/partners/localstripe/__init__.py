"""localstripe (GPL-3), spoken to over HTTP only: a mock of Stripe that signs and sends webhooks of its own."""
