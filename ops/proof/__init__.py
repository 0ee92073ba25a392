"""Proof: every state of a small model, random worlds on a real database, and defects planted to see them caught."""
