"""Money: whole minor units of an ISO 4217 currency, so that nothing is ever rounded away."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Self

import pycountry
from pydantic import AfterValidator, Field

from models.base import StrictModel

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# ISO 4217 (2026): currencies whose minor unit is not the hundredth. The pycountry list carries no exponents.
_NO_MINOR_UNIT = [
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "UYI",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
]
_EXPONENTS = dict.fromkeys(_NO_MINOR_UNIT, 0)
_EXPONENTS |= dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)
_EXPONENTS |= dict.fromkeys(["CLF", "UYW"], 4)
_LARGEST = 10**15


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """How many decimals the currency's minor unit has: 2 for EUR, 0 for JPY, 3 for BHD."""
    return _EXPONENTS.get(currency, 2)


@lru_cache(maxsize=256)
def known_currency(code: str) -> str:
    """Return the code, or refuse it.

    Raises:
        ValueError: not an ISO 4217 alphabetic code in upper case.
    """
    if not code.isupper() or pycountry.currencies.get(alpha_3=code) is None:
        message = "must be an ISO 4217 currency code in upper case, such as EUR"
        raise ValueError(message)
    return code


Currency = Annotated[str, AfterValidator(known_currency)]
"""ISO 4217 alphabetic code."""


class Money(StrictModel):
    """An amount of one currency. ``Money(amount=1999, currency="EUR")`` is 19.99 euro."""

    amount: Annotated[int, Field(ge=-_LARGEST, le=_LARGEST)]
    """Minor units; may be negative where a balance is meant."""
    currency: Currency

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in this currency."""
        return cls(amount=0, currency=currency)

    @classmethod
    def of_major(cls, value: Decimal | str | int, currency: str) -> Self:
        """Read an amount written in major units, exactly.

        Raises:
            ValueError: more decimals than the currency has (19.999 EUR, 5.5 JPY), or not a finite number.
        """
        number = Decimal(value)
        if not number.is_finite():
            message = "must be a finite number"
            raise ValueError(message)
        scaled = number.scaleb(exponent(known_currency(currency)))
        if scaled != scaled.to_integral_value():
            message = f"{value} has more decimals than {currency} ({exponent(currency)})"
            raise ValueError(message)
        return cls(amount=int(scaled), currency=currency)

    @classmethod
    def rounded(cls, value: Decimal, currency: str) -> Self:
        """Read an amount in major units that carries more decimals than the currency, half up."""
        places = exponent(known_currency(currency))
        scaled = value.scaleb(places).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return cls(amount=int(scaled), currency=currency)

    @classmethod
    def sum_of(cls, parts: Iterable[Money], currency: str) -> Money:
        """Add up; an empty sum is zero in the currency.

        Raises:
            ValueError: a part is in another currency.
        """
        total = Money.zero(currency)
        for part in parts:
            total = total + part
        return total

    @property
    def major(self) -> Decimal:
        """The amount in major units, with the currency's decimals."""
        return Decimal(self.amount).scaleb(-exponent(self.currency))

    def __str__(self) -> str:
        """As a person reads it: ``19.99 EUR``."""
        return f"{self.major:.{exponent(self.currency)}f} {self.currency}"

    def __add__(self, other: Money) -> Money:
        """Add, in one currency only."""
        return Money(amount=self.amount + self._same(other).amount, currency=self.currency)

    def __sub__(self, other: Money) -> Money:
        """Subtract, in one currency only."""
        return Money(amount=self.amount - self._same(other).amount, currency=self.currency)

    def __lt__(self, other: Money) -> bool:
        """Compare, in one currency only."""
        return self.amount < self._same(other).amount

    def __le__(self, other: Money) -> bool:
        """Compare, in one currency only."""
        return self.amount <= self._same(other).amount

    def __bool__(self) -> bool:
        """Whether there is anything at all."""
        return self.amount != 0

    def allocate(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Share out by weight so that the parts add up to the whole.

        Each part is the floor of its share; the minor units left over go, one each, to the parts with the largest
        remainders, the earlier part first. With no weight at all the first part takes everything.

        Raises:
            ValueError: no parts, or a negative weight.
        """
        if not weights or min(weights) < 0:
            message = "needs at least one part, and no negative weight"
            raise ValueError(message)
        whole = sum(weights)
        if whole == 0:
            return (self, *(Money.zero(self.currency) for _ in weights[1:]))
        sign, size = (-1, -self.amount) if self.amount < 0 else (1, self.amount)
        shares = [divmod(size * weight, whole) for weight in weights]
        amounts = [share for share, _ in shares]
        by_remainder = sorted(range(len(shares)), key=lambda index: (-shares[index][1], index))
        for index in by_remainder[: size - sum(amounts)]:
            amounts[index] += 1
        return tuple(Money(amount=sign * amount, currency=self.currency) for amount in amounts)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            message = f"cannot mix {self.currency} and {other.currency}"
            raise ValueError(message)
        return other
