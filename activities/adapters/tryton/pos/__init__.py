"""Tryton's sale points: a shop's tills as a channel."""
