"""The priced parts of a Vendure order: lines, shipping, surcharges, and what rounding leaves over.

Vendure gives every price with and without tax. Which of them is ours depends on how the shop prices: where its prices
include tax, so do ours. What a customer pays is the prorated price: all reductions taken off, those of the whole order
shared out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.storefront import text, words
from activities.adapters.storefront.amounts import RATE_PLACES
from models.errors import InvalidInput
from models.money import Money
from models.order.document import Line
from models.order.pricing import Charge, ChargeKind, Discount, ShippingCharge, Tax

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from activities.adapters.vendure.payload import (
        Discount as Reduction,
    )
    from activities.adapters.vendure.payload import (
        OrderLine,
        Parts,
        ShippingLine,
        Surcharge,
        TaxLine,
        VendureOrder,
    )
    from models.order.pricing import Priced

_MILLIONTHS = 10**6
_REDUCED = "Discount"


@dataclass(frozen=True)
class Prices:
    """How this order's numbers are read."""

    currency: str
    precision: int
    """How many decimals the shop keeps."""
    taxes_included: bool

    def money(self, parts: Parts) -> Money:
        """Read an amount, rounded half up where the shop keeps finer parts than the currency has."""
        return Money.rounded(parts.scaleb(-self.precision), self.currency)

    def line(self, line: OrderLine, at: str, *, shipped: int) -> Line:
        """Read a line as it was ordered; `at` points to it, `shipped` says how many the shop shows as sent.

        Raises:
            InvalidInput: a SKU nobody could read.
        """
        each = line.unit_price_with_tax if self.taxes_included else line.unit_price
        full = line.line_price_with_tax if self.taxes_included else line.line_price
        total, tax = self._taxed(
            _as_ordered(line, line.prorated_line_price, line.unit_price),
            _as_ordered(line, line.prorated_line_price_with_tax, line.unit_price_with_tax),
        )
        net = total if self.taxes_included else total - tax
        before = max(self.money(_as_ordered(line, full, each)), net)
        return Line(
            id=line.id,
            sku=text.sku(line.product_variant.sku, f"{at}/productVariant/sku", variant=line.product_variant.id),
            name=text.line(line.product_variant.name),
            quantity=line.ordered,
            cancelled=line.ordered - line.quantity + min(shipped, line.quantity),
            shipped=min(shipped, line.quantity),
            unit_price=each.scaleb(-self.precision),
            subtotal=before,
            discounts=self._discounts(line.discounts, before - net),
            taxes=self._taxes(line.tax_lines, tax),
            total=total,
        )

    def shipping(self, way: ShippingLine) -> ShippingCharge:
        """Read a way of shipping."""
        total, tax = self._taxed(way.discounted_price, way.discounted_price_with_tax)
        net = total if self.taxes_included else total - tax
        before = max(self.money(way.price_with_tax if self.taxes_included else way.price), net)
        return ShippingCharge(
            code=text.line(way.shipping_method.code),
            name=text.line(way.shipping_method.name) or text.line(way.shipping_method.code) or "Shipping",
            subtotal=before,
            discounts=self._discounts(way.discounts, before - net),
            taxes=self._taxes((), tax),
            total=total,
        )

    def charge(self, surcharge: Surcharge) -> Charge:
        """Read a surcharge; one that takes away is a charge of its own, below nothing."""
        total, tax = self._taxed(surcharge.price, surcharge.price_with_tax)
        return Charge(
            kind=words.charge(surcharge.description, surcharge.sku),
            name=text.line(surcharge.description) or "Surcharge",
            subtotal=total if self.taxes_included else total - tax,
            taxes=self._taxes(surcharge.tax_lines, tax),
            total=total,
        )

    def rounding(self, parts: Sequence[Priced], total: Money, at: str) -> tuple[Charge, ...]:
        """What is left over where the shop keeps finer parts than the currency has: at most one minor unit a part.

        Raises:
            InvalidInput: more than that.
        """
        come_to = Money.sum_of((part.total for part in parts), self.currency)
        left = total - come_to
        if not left:
            return ()
        if not self.is_rounding(left, parts):
            saying = f"is {total}, but lines, shipping and surcharges come to {come_to}"
            raise InvalidInput.at(at, "total", saying)
        return (Charge(kind=ChargeKind.ROUNDING, name="Rounding", subtotal=left, total=left),)

    @staticmethod
    def is_rounding(left: Money, parts: Sequence[Priced]) -> bool:
        """Whether so much can be left over."""
        return abs(left.amount) <= len(parts)

    def _taxed(self, net: Decimal, gross: Decimal) -> tuple[Money, Money]:
        total = self.money(gross)
        return total, total - self.money(net)

    def _discounts(self, given: Iterable[Reduction], reduced: Money) -> tuple[Discount, ...]:
        """Name what was taken off, as the shop itemises it if that comes to as much."""
        if not reduced:
            return ()
        named = [
            Discount(name=text.line(each.description) or _REDUCED, amount=amount)
            for each in given
            if (amount := self.money(-(each.amount_with_tax if self.taxes_included else each.amount))).amount > 0
        ]
        if Money.sum_of((each.amount for each in named), self.currency) == reduced:
            return tuple(named)
        return (Discount(name=text.line(*(each.name for each in named)) or _REDUCED, amount=reduced),)

    def _taxes(self, given: Sequence[TaxLine], tax: Money) -> tuple[Tax, ...]:
        """Share a tax among the rates it is made of."""
        if not tax:
            return ()
        if not given:
            return (Tax(name="Tax", amount=tax),)
        shares = tax.allocate([int(each.tax_rate * _MILLIONTHS) for each in given])
        return tuple(
            Tax(name=text.line(each.description) or "Tax", rate=_share_of_one(each), amount=share)
            for each, share in zip(given, shares, strict=True)
        )


def prices(order: VendureOrder, precision: int) -> Prices:
    """Say how an order's numbers are read."""
    included = any(channel.prices_include_tax for channel in order.channels)
    return Prices(order.currency_code, precision, included)


def _as_ordered(line: OrderLine, now: Decimal, each: Decimal) -> Decimal:
    """A line's price for all that was ordered; Vendure's is for what is not cancelled, and shares reductions alike."""
    return now * line.ordered / line.quantity if line.quantity else each * line.ordered


def _share_of_one(line: TaxLine) -> Decimal:
    return (line.tax_rate / 100).quantize(RATE_PLACES).normalize() + 0
