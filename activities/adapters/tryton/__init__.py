"""Tryton, spoken to over its REST interface."""
