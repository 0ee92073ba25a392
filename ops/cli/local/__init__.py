"""Commands of the local stack."""
