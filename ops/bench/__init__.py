"""Measurements: what the promises cost, beside a bare equivalent in the same run."""
