"""Tryton's stock as a warehouse: releases and transfers are its shipments, and what became of them is read back."""
