"""Numbers as shops write them, read without guessing."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from models.errors import InvalidInput
from models.money import Money


def _no_flag(value: object) -> object:
    # A lax model would read true as one.
    if isinstance(value, bool):
        message = "must be a number, not true or false"
        raise ValueError(message)  # noqa: TRY004 - pydantic turns only this one into a refusal
    return value


def _no_fraction(value: object) -> object:
    if isinstance(value, Decimal) and value != value.to_integral_value():
        message = f"must be a whole number of pieces, not {value}"
        raise ValueError(message)
    return _no_flag(value)


def _blank_is_nothing(value: object) -> object:
    return None if value == "" else _no_flag(value)


Amount = Annotated[Decimal, BeforeValidator(_no_flag), Field(ge=-(10**12), le=10**12, max_digits=30, decimal_places=16)]
"""An amount in major units, as text or number."""

MaybeAmount = Annotated[Amount | None, BeforeValidator(_blank_is_nothing)]
"""An amount that may be missing or blank."""

Whole = Annotated[int, BeforeValidator(_no_fraction), Field(ge=1, le=1_000_000)]
"""So many pieces: a whole number."""

MaybeCount = Annotated[Annotated[int, Field(ge=-1_000_000, le=1_000_000)] | None, BeforeValidator(_blank_is_nothing)]
"""So many pieces, possibly none, possibly unsaid."""

RATE_PLACES = Decimal("0.0000000001")
_HIGHEST_RATE = 10


def exact(value: Decimal, currency: str, at: str) -> Money:
    """Read an amount that has to fit the currency.

    Raises:
        InvalidInput: more decimals than the currency has.
    """
    try:
        return Money.of_major(value, currency)
    except ValueError as error:
        raise InvalidInput.at(at, "decimals", f"{value} has more decimals than {currency}") from error


def rate(value: Decimal | None) -> Decimal | None:
    """A tax rate as a share of one; none where it is not plausible, for the amount is what counts."""
    if value is None or not 0 <= value <= _HIGHEST_RATE:
        return None
    return value.quantize(RATE_PLACES).normalize() + 0
