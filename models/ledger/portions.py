"""What a part of a price consists of: its tax, discount and net, exact to the minor unit over any split."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from models.base import StrictModel, Text
from models.ledger.sharing import share
from models.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from models.order.pricing import Priced, Tax


class TaxShare(StrictModel):
    """So much of one tax."""

    code: Text
    """The tax's name, and its rate where that is known: ``VAT 19%``."""
    amount: Money


class Portion(StrictModel):
    """A part of a price: ``gross - discount + taxes = total``."""

    gross: Money
    """Without tax, before discounts."""
    discount: Money
    """As a positive amount."""
    taxes: tuple[TaxShare, ...] = ()
    total: Money
    """What the customer pays for it."""

    @property
    def net(self) -> Money:
        """Without tax, after discounts."""
        return self.gross - self.discount

    @classmethod
    def sum_of(cls, portions: Iterable[Portion], currency: str) -> Portion:
        """Add up, tax by tax."""
        gross = discount = total = 0
        taxes: Counter[str] = Counter()
        for portion in portions:
            gross += portion.gross.amount
            discount += portion.discount.amount
            total += portion.total.amount
            for tax in portion.taxes:
                taxes[tax.code] += tax.amount.amount
        return _portion(gross, discount, taxes, total, currency)


def tax_code(tax: Tax) -> str:
    """Name a tax so that two rates of one name stay apart."""
    return tax.name if tax.rate is None else f"{tax.name} {(tax.rate * 100).normalize():f}%"[:500]


def portion(priced: Priced, before: int, now: int, whole: int) -> Portion:
    """What a price's part between `before` and `now` of `whole` consists of.

    Each component is shared out for itself by largest remainder, as the difference of two sums from the start: however
    a whole is split, the parts of every component add up to it. The net takes what the others leave.
    """
    currency = priced.total.currency

    def part(amount: int) -> int:
        return share(amount, now, whole) - share(amount, before, whole)

    whole_taxes: Counter[str] = Counter()
    for tax in priced.taxes:
        whole_taxes[tax_code(tax)] += tax.amount.amount
    taxes = {code: part(amount) for code, amount in whole_taxes.items()}
    discount = part(sum(one.amount.amount for one in priced.discounts))
    total = part(priced.total.amount)
    return _portion(total - sum(taxes.values()) + discount, discount, taxes, total, currency)


def _portion(gross: int, discount: int, taxes: Mapping[str, int], total: int, currency: str) -> Portion:
    return Portion(
        gross=Money(amount=gross, currency=currency),
        discount=Money(amount=discount, currency=currency),
        taxes=tuple(
            TaxShare(code=code, amount=Money(amount=amount, currency=currency))
            for code, amount in sorted(taxes.items())
            if amount
        ),
        total=Money(amount=total, currency=currency),
    )
