"""A part of an amount, to the minor unit, by largest remainder: `Money.allocate` for two parts, and quick."""

from __future__ import annotations


def share(amount: int, part: int, whole: int) -> int:
    """How much of `amount` falls to `part` of `whole`; with no whole at all, everything.

    The shares of a part and of the rest always add up to the amount, and a larger part never gets less.
    """
    if not whole:
        return amount
    units, remainder = divmod(abs(amount) * part, whole)
    if remainder and 2 * remainder >= whole:
        units += 1
    return -units if amount < 0 else units
