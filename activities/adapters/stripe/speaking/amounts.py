"""Amounts as Stripe writes them: whole numbers in a minor unit that is not always the currency's own.

The rules are https://docs.stripe.com/currencies: zero-decimal and three-decimal currencies, and the special cases that
are charged with two decimals for reasons of history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.stripe.speaking.errors import PARTNER
from models.errors import Refused
from models.money import Money, exponent

if TYPE_CHECKING:
    from typing import Final

_DECIMALS: Final = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Where Stripe's decimals are not those of ISO 4217."""
_THREE = 3
_TEN = 10


def to_stripe(money: Money) -> int:
    """Write an amount as Stripe has it, exactly.

    Raises:
        Refused: Stripe cannot take this amount in this currency, such as 5.125 KWD, whose last digit must be zero.
    """
    places, ours = decimals(money.currency), exponent(money.currency)
    amount, rest = _shifted(money.amount, places - ours)
    if places == _THREE:
        rest += amount % _TEN
    if rest:
        raise Refused(PARTNER, f"Stripe cannot take {money} to the last digit", code="amount_not_payable")
    return amount


def from_stripe(amount: int, currency: str) -> Money:
    """Read an amount Stripe has written.

    Raises:
        ValueError: no currency, or a part of our smallest unit.
    """
    code = currency.upper()
    places, ours = decimals(code), exponent(code)
    whole, rest = _shifted(amount, ours - places)
    if rest:
        raise ValueError(f"{amount} {code} is a part of the smallest unit")
    return Money(amount=whole, currency=code)


def decimals(currency: str) -> int:
    """How many decimals Stripe's minor unit of a currency has."""
    return _DECIMALS.get(currency, exponent(currency))


def _shifted(amount: int, places: int) -> tuple[int, int]:
    """Move the decimal point to the right; answers the whole number, and what is left of it."""
    ten_to: int = 10 ** abs(places)
    return (amount * ten_to, 0) if places >= 0 else divmod(amount, ten_to)
