"""Prices of a Shopify order on one side: amounts, reductions and taxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from activities.adapters.storefront import text
from activities.adapters.storefront.amounts import rate
from models.money import Money
from models.order.pricing import Charge, ChargeKind, Discount, Priced, Tax

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from activities.adapters.shopify.payload import DiscountAllocation, PriceSet, ShopifyOrder, TaxLine
    from activities.adapters.shopify.side import Side

Part = TypeVar("Part", bound=Priced)
_DISCOUNTS_MAX = 50
_TAXES_MAX = 20


@dataclass(frozen=True)
class Prices:
    """Reads the prices of one order on one side."""

    order: ShopifyOrder
    side: Side
    at: str
    """Pointer to the order."""

    def discounts(
        self, allocations: Sequence[DiscountAllocation], plain: Decimal | None, prices: PriceSet | None, at: str
    ) -> tuple[Discount, ...]:
        """The reductions of a line or a way of shipping.

        Args:
            allocations: what discounts gave it, order-level ones included.
            plain: the older field, which scripts and old API versions fill alone.
            prices: its twin in both currencies.
            at: pointer to the line.
        """
        if not allocations:
            amount = self.side.money(plain, prices, f"{at}/total_discount")
            return (Discount(name=self.promotion_code(), amount=amount),) if amount else ()
        found = (
            Discount(
                name=self._promotion(each.discount_application_index),
                amount=self.side.money(each.amount, each.amount_set, f"{at}/discount_allocations/{index}/amount"),
            )
            for index, each in enumerate(allocations)
        )
        return _few_discounts(tuple(each for each in found if each.amount))

    def taxes(self, tax_lines: Sequence[TaxLine], at: str) -> tuple[Tax, ...]:
        """The taxes of a line or charge; `at` points to it."""
        found = (
            Tax(
                name=text.line(each.title) or "Tax",
                rate=rate(each.rate),
                amount=self.side.money(each.price, each.price_set, f"{at}/tax_lines/{index}/price"),
            )
            for index, each in enumerate(tax_lines)
        )
        return _few_taxes(tuple(each for each in found if each.amount))

    def charge(self, kind: ChargeKind, name: str, amount: Money, taxes: tuple[Tax, ...] = ()) -> tuple[Charge, ...]:
        """A charge without reductions; none where there is nothing to pay."""
        if not amount and not taxes:
            return ()
        return (self.totalled(Charge(kind=kind, name=name, subtotal=amount, taxes=taxes, total=amount)),)

    def totalled(self, part: Part) -> Part:
        """Give a part the total that its pieces come to."""
        return part.model_copy(update={"total": part.owed(taxes_included=self.order.taxes_included)})

    def promotion_code(self) -> str:
        """The discount codes of the whole order, as one name."""
        return text.line(*(each.code for each in self.order.discount_codes)) or "Discount"

    def _promotion(self, index: int | None) -> str:
        applications = self.order.discount_applications
        if index is None or not 0 <= index < len(applications):
            return self.promotion_code()
        which = applications[index]
        return text.line(which.code) or text.line(which.title) or text.line(which.description) or "Discount"


def _few_discounts(discounts: tuple[Discount, ...]) -> tuple[Discount, ...]:
    if len(discounts) <= _DISCOUNTS_MAX:
        return discounts
    amounts = [each.amount for each in discounts]
    return (Discount(name="Discounts", amount=Money.sum_of(amounts, amounts[0].currency)),)


def _few_taxes(taxes: tuple[Tax, ...]) -> tuple[Tax, ...]:
    if len(taxes) <= _TAXES_MAX:
        return taxes
    amounts = [each.amount for each in taxes]
    return (Tax(name="Taxes", amount=Money.sum_of(amounts, amounts[0].currency)),)
