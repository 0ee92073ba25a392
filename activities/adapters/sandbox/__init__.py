"""Adapters to the sandbox partners: services that speak our words over HTTP, for demonstrations and for proof."""
