"""How an exact amount is written as a quantity and a price: Tryton reckons every line's amount anew.

A unit price has so many decimals, four unless configured otherwise, so that quantity times price may miss the amount
the channel reckoned by some minor units where there are many pieces. What is missed stands on a line of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from math import ceil
from typing import TYPE_CHECKING

from models.money import Money, exponent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from activities.adapters.tryton.wire import Values

_HALF = Decimal("0.5")


@dataclass(frozen=True)
class Price:
    """A quantity, a price for one, and what Tryton will make of them."""

    quantity: Decimal
    unit_price: Decimal
    amount: Money

    def values(self) -> Values:
        """Write it as fields of a line. Quantities are floating-point numbers in Tryton."""
        return {"quantity": float(self.quantity), "unit_price": self.unit_price}


def price(amount: Money, quantity: Decimal | int, decimals: int) -> Price:
    """Say at what price for one so many come to the amount, as nearly as may be; fewer than none are given back."""
    pieces = Decimal(quantity)
    unit_price = (amount.major / pieces).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
    # As Tryton does it: the quantity as it is written, and half to even.
    reckoned = (Decimal(str(float(pieces))) * unit_price).quantize(
        Decimal(1).scaleb(-exponent(amount.currency)), ROUND_HALF_EVEN
    )
    return Price(pieces, unit_price, Money.of_major(reckoned, amount.currency))


def tolerance(prices: Iterable[Price], currency: str, decimals: int) -> int:
    """How many minor units prices of so few decimals may miss together; none where they are exact."""
    step = Decimal(1).scaleb(exponent(currency) - decimals) / 2
    missed = (abs(one.quantity) * step for one in prices)
    # What is less than half a minor unit, rounding takes back by itself.
    return sum(ceil(one) for one in missed if one >= _HALF)


def split(amount: Money, taxed: str | None) -> tuple[Money, Money]:
    """Split an amount with tax into net and tax, by how much of the whole price is tax: ``19/119``."""
    tax, _, whole = (taxed or "").partition("/")
    if not (tax.isdecimal() and whole.isdecimal() and int(whole)):
        return amount, Money.zero(amount.currency)
    part = Money.rounded(amount.major * int(tax) / int(whole), amount.currency)
    return amount - part, part
