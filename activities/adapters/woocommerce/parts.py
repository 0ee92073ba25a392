"""The priced parts of a WooCommerce order: lines, shipping and fees.

WooCommerce gives amounts without tax and the tax beside them, with more decimals than the currency where the shop
rounds only in the end. Where the shop's prices include tax, tax is added back, so that a price reads as the customer
saw it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.storefront import text, words
from activities.adapters.storefront.amounts import rate
from models.errors import InvalidInput
from models.money import Money
from models.order.document import Line
from models.order.pricing import Charge, ChargeKind, Discount, ShippingCharge, Tax

if TYPE_CHECKING:
    from activities.adapters.woocommerce.payload import FeeLine, LineItem, ShippingLine, Taxed, WooOrder
    from activities.adapters.woocommerce.quantities import Quantities

_TAXES_MAX = 20
_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Cost:
    """What one part costs after reductions: its price, its taxes, and both together."""

    price: Money
    taxes: tuple[Tax, ...]
    total: Money


def cost(order: WooOrder, part: Taxed) -> Cost:
    """Read what a part costs, rounded to the currency."""
    net, tax = part.total or _NOTHING, part.total_tax or _NOTHING
    taxes = _taxes(order, part, Money.rounded(tax, order.currency))
    if order.prices_include_tax:
        gross = Money.rounded(net + tax, order.currency)
        return Cost(gross, taxes, gross)
    price = Money.rounded(net, order.currency)
    return Cost(price, taxes, price + Money.sum_of((each.amount for each in taxes), order.currency))


def line(order: WooOrder, item: LineItem, quantities: Quantities, at: str) -> Line:
    """Read a line; `at` points to it.

    Raises:
        InvalidInput: a negative price, or a SKU nobody could read.
    """
    paid = cost(order, item)
    if paid.price.amount < 0 or paid.total.amount < 0:
        raise InvalidInput.at(f"{at}/total", "negative", "must not be negative")
    full = item.total if item.subtotal is None else item.subtotal
    if order.prices_include_tax:
        full += (item.total_tax if item.subtotal is None else item.subtotal_tax) or _NOTHING
    before = Money.rounded(full, order.currency)
    # A price raised by hand after the sale is no negative discount: it is the price.
    reduced = before - paid.price if paid.price < before else Money.zero(order.currency)
    promotion = text.line(*(each.code for each in order.coupon_lines)) or "Discount"
    ids = {"variation": item.variation_id, "product": item.product_id, "line": item.id}
    return Line(
        id=item.id,
        sku=text.sku(item.sku, f"{at}/sku", **ids),
        name=text.titled(item.name),
        quantity=item.quantity,
        cancelled=item.quantity - quantities.left(item),
        shipped=quantities.sent(item),
        subtotal=paid.price + reduced,
        discounts=(Discount(name=promotion, amount=reduced),) if reduced else (),
        taxes=paid.taxes,
        total=paid.total,
        needs_shipping=quantities.needs_shipping(item),
    )


def shipping(order: WooOrder, way: ShippingLine) -> ShippingCharge:
    """Read a way of shipping."""
    paid = cost(order, way)
    return ShippingCharge(
        name=text.titled(way.method_title) or text.line(way.method_id) or "Shipping",
        code=text.line(way.method_id),
        subtotal=paid.price,
        taxes=paid.taxes,
        total=paid.total,
    )


def fee(order: WooOrder, given: FeeLine) -> Charge:
    """Read a fee; a negative one is a reduction that belongs to no line, and stays a negative charge."""
    paid = cost(order, given)
    name = text.titled(given.name) or "Fee"
    kind = ChargeKind.OTHER if paid.price.amount < 0 else words.charge(name)
    return Charge(id=given.id, kind=kind, name=name, subtotal=paid.price, taxes=paid.taxes, total=paid.total)


def _taxes(order: WooOrder, part: Taxed, whole: Money) -> tuple[Tax, ...]:
    """The taxes by rate; together exactly the part's tax, whose cents left over go to the largest."""
    shares = [(each.id, Money.rounded(each.total, order.currency)) for each in part.taxes if each.total]
    shares = [(name, amount) for name, amount in shares if amount]
    left = whole - Money.sum_of((amount for _, amount in shares), order.currency)
    if not shares or len(shares) > _TAXES_MAX or abs(left.amount) > len(shares):
        return (Tax(name="Tax", amount=whole),) if whole else ()
    largest = max(range(len(shares)), key=lambda index: abs(shares[index][1].amount))
    named = {each.rate_id: each for each in order.tax_lines}
    taxes = []
    for index, (rate_id, amount) in enumerate(shares):
        known = named.get(rate_id)
        percent = known.rate_percent if known else None
        taxes.append(
            Tax(
                name=(text.titled(known.label) if known else None) or "Tax",
                rate=None if percent is None else rate(percent / 100),
                amount=amount + left if index == largest else amount,
            )
        )
    return tuple(taxes)
