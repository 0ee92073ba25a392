"""Karrio, a hub of carriers, on this machine with a carrier that needs no network."""
