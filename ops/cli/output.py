"""What a command says: for people on a console, for scripts as one JSON document and nothing else."""

from __future__ import annotations

import json
import sys
from functools import cache
from typing import TYPE_CHECKING

_PIPED_WIDTH = 200
"""Columns, where there is no terminal to ask."""

if TYPE_CHECKING:
    from rich.console import Console


@cache
def console() -> Console:
    """Where answers go."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _PIPED_WIDTH)


@cache
def error_console() -> Console:
    """Where errors and progress go, so that an answer can be piped on."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(document: object) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def money(amount: int, currency: str) -> str:
    """Write minor units as people do: ``19.99 EUR``, ``1200 JPY``."""
    from models.money import exponent

    digits = exponent(currency)
    sign, units = ("-", -amount) if amount < 0 else ("", amount)
    if not digits:
        return f"{sign}{units:,} {currency}"
    whole, rest = divmod(units, 10**digits)
    return f"{sign}{whole:,}.{rest:0{digits}} {currency}"
