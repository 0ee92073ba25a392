"""Sandbox partners: five HTTP services with a memory, for demonstrations and for proof."""
