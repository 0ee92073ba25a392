"""What our documents note in Tryton's free text, so that they can be read again: ``name: value``, one to a line.

People may write beside it; what is no such line is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ORDER, LINE, PART, TAXED, PER = "order", "line", "part", "taxed", "per"
"""Whose it is; the order's line; which part of an order that is no line; how much of a price is tax: ``19/119``; how
many pieces are in one of what was ordered."""
CHARGES, TAX, ROUNDING = "charges", "tax", "rounding"
"""The parts there are."""


def written(notes: Mapping[str, str]) -> str:
    """Write notes down."""
    return "\n".join(f"{name}: {value}" for name, value in notes.items())


def noted(text: str | None) -> dict[str, str]:
    """Read what is noted in a text."""
    split = (line.partition(": ") for line in (text or "").splitlines())
    return {name: value for name, separator, value in split if separator and name.isidentifier()}
