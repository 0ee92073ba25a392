"""What things cost: taxes, discounts, shipping and other charges. Every amount is in the order's currency."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import Identifier, StrictModel, Text
from models.money import Money

Rate = Annotated[Decimal, Field(ge=0, le=10, max_digits=12, decimal_places=10)]
"""A share of one: 0.19 is nineteen per cent."""


class Tax(StrictModel):
    """One tax on one line or charge."""

    name: Text
    rate: Rate | None = None
    amount: Money


class Discount(StrictModel):
    """A reduction, as a positive amount."""

    name: Text
    """The promotion or coupon, as the channel names it."""
    amount: Money


class ChargeKind(StrEnum):
    """What a charge beside the goods is for."""

    GIFT_WRAP = "gift_wrap"
    HANDLING = "handling"
    DUTY = "duty"
    TIP = "tip"
    SURCHARGE = "surcharge"
    ROUNDING = "rounding"
    OTHER = "other"


class Priced(StrictModel):
    """Anything with a price, its reductions and its taxes.

    ``total`` is what the customer pays for it: subtotal less discounts, plus the taxes unless prices include them.
    """

    subtotal: Money
    """Before discounts; includes tax where the order's prices do."""
    discounts: Annotated[tuple[Discount, ...], Field(max_length=50)] = ()
    taxes: Annotated[tuple[Tax, ...], Field(max_length=20)] = ()
    total: Money

    def discount_total(self) -> Money:
        """All reductions together."""
        return Money.sum_of((discount.amount for discount in self.discounts), self.subtotal.currency)

    def tax_total(self) -> Money:
        """All taxes together."""
        return Money.sum_of((tax.amount for tax in self.taxes), self.subtotal.currency)

    def owed(self, *, taxes_included: bool) -> Money:
        """Work `total` out from the parts."""
        net = self.subtotal - self.discount_total()
        return net if taxes_included else net + self.tax_total()


class ShippingCharge(Priced):
    """What the customer pays for a way of shipping."""

    name: Text
    code: Text | None = None


class Charge(Priced):
    """A charge that is neither goods nor shipping; a rounding may be negative."""

    id: Identifier | None = None
    kind: ChargeKind
    name: Text
