"""Making the parts of a Shopify order come to its total, by what the payload itself says, or refusing it.

Shopify usually itemises everything. Orders made through its API and old ones carry discounts and taxes on the order
alone: they are shared out over the lines, but only where that makes the total come out. A cent may be left over where
Shopify rounded the total's tax once and the lines' taxes each, or converted each amount by itself: it becomes a
rounding charge. Anything else is refused, for somebody has changed an amount.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.storefront import text
from activities.adapters.storefront.amounts import rate
from models.errors import InvalidInput
from models.money import Money
from models.order.pricing import Charge, ChargeKind, Discount, Tax

if TYPE_CHECKING:
    from activities.adapters.shopify.parts import Parts
    from activities.adapters.shopify.prices import Prices


def settle(prices: Prices, parts: Parts, total: Money) -> Parts:
    """Find the parts that come to the total.

    Raises:
        models.errors.InvalidInput: none do; points to the total.
    """
    discounted = _share_discount(prices, parts)
    for candidate in (parts, discounted, _share_taxes(prices, parts), _share_taxes(prices, discounted)):
        if candidate.total(total.currency) == total:
            return candidate
    left = total - parts.total(total.currency)
    if _explained(prices, parts, left):
        return parts.with_charge(Charge(kind=ChargeKind.ROUNDING, name="Rounding", subtotal=left, total=left))
    come_to = parts.total(total.currency)
    raise InvalidInput.at(
        f"{prices.at}/total_price",
        "total",
        f"is {total}, but line items, shipping, taxes, duties, fees and tips come to {come_to}",
    )


def _share_discount(prices: Prices, parts: Parts) -> Parts:
    order, currency = prices.order, prices.side.currency
    whole = prices.side.money(order.total_discounts, order.total_discounts_set, f"{prices.at}/total_discounts")
    missing = whole - parts.discounts(currency)
    net = [line.subtotal - line.discount_total() for line in parts.lines]
    if missing.amount <= 0 or Money.sum_of(net, currency) < missing:
        return parts
    shares = missing.allocate([max(0, each.amount) for each in net])
    name = prices.promotion_code()
    return parts.with_lines(
        [
            prices.totalled(
                line.model_copy(update={"discounts": (*line.discounts[:49], Discount(name=name, amount=share))})
            )
            if share
            else line
            for line, share in zip(parts.lines, shares, strict=True)
        ]
    )


def _share_taxes(prices: Prices, parts: Parts) -> Parts:
    order, currency = prices.order, prices.side.currency
    if parts.taxes(currency) or order.taxes_included:
        return parts
    taxed = [item.taxable is not False for item in order.line_items if not item.is_tip]
    net = [line.subtotal - line.discount_total() for line in parts.lines]
    weights = [each.amount if yes else 0 for each, yes in zip(net, taxed, strict=True)]
    lines = list(parts.lines)
    for index, each in enumerate(order.tax_lines):
        whole = prices.side.money(each.price, each.price_set, f"{prices.at}/tax_lines/{index}/price")
        name = text.line(each.title) or "Tax"
        for place, share in enumerate(whole.allocate(weights)):
            tax = Tax(name=name, rate=rate(each.rate), amount=share)
            if share:
                lines[place] = lines[place].model_copy(update={"taxes": (*lines[place].taxes, tax)})
    return parts.with_lines([prices.totalled(line) for line in lines])


def _explained(prices: Prices, parts: Parts, left: Money) -> bool:
    if abs(left.amount) > len(parts.everything()):
        return False
    if prices.side.presentment:
        return True
    order = prices.order
    whole = prices.side.money(order.total_tax, order.total_tax_set, f"{prices.at}/total_tax")
    return not order.taxes_included and whole - parts.taxes(left.currency) == left
