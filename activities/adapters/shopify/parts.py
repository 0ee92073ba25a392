"""The priced parts of a Shopify order: lines, shipping, duties, fees and tips."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from activities.adapters.shopify.quantities import Quantities
from activities.adapters.storefront import text
from activities.adapters.storefront.amounts import exact
from models.errors import InvalidInput
from models.money import Money
from models.order.document import Line
from models.order.pricing import Charge, ChargeKind, Discount, Priced, ShippingCharge, Tax

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activities.adapters.shopify.payload import LineItem, ShippingLine
    from activities.adapters.shopify.prices import Prices


@dataclass(frozen=True)
class Parts:
    """What the total is made of."""

    lines: tuple[Line, ...]
    shipping: tuple[ShippingCharge, ...]
    charges: tuple[Charge, ...]

    def everything(self) -> tuple[Priced, ...]:
        """All of them."""
        return (*self.lines, *self.shipping, *self.charges)

    def with_lines(self, lines: Sequence[Line]) -> Parts:
        """The same with other lines."""
        return replace(self, lines=tuple(lines))

    def with_charge(self, charge: Charge) -> Parts:
        """The same with one charge more."""
        return replace(self, charges=(*self.charges, charge))

    def total(self, currency: str) -> Money:
        """What they come to."""
        return Money.sum_of((part.total for part in self.everything()), currency)

    def taxes(self, currency: str) -> Money:
        """The taxes in them."""
        return Money.sum_of((part.tax_total() for part in self.everything()), currency)

    def discounts(self, currency: str) -> Money:
        """The reductions in them."""
        return Money.sum_of((part.discount_total() for part in self.everything()), currency)


def parts(prices: Prices) -> Parts:
    """Read every part as Shopify itemises it.

    Raises:
        models.errors.InvalidInput: an amount that does not fit, or no lines at all.
    """
    order, at = prices.order, f"{prices.at}/line_items"
    goods = [(item, f"{at}/{index}") for index, item in enumerate(order.line_items) if not item.is_tip]
    tips = [(item, f"{at}/{index}") for index, item in enumerate(order.line_items) if item.is_tip]
    if not goods:
        raise InvalidInput.at(at, "no_lines", "the order has no line items, so there is nothing to carry out")
    charges = [*_duties(prices), *_fees(prices)]
    for item, place in tips:
        name = text.line(item.title) or "Tip"
        charges += prices.charge(ChargeKind.TIP, name, _times(prices, item, place), prices.taxes(item.tax_lines, place))
    if not tips:
        tip = prices.side.money(
            order.total_tip_received, order.total_tip_received_set, f"{prices.at}/total_tip_received"
        )
        charges += prices.charge(ChargeKind.TIP, "Tip", tip)
    ways = [
        _shipping(prices, way, f"{prices.at}/shipping_lines/{index}")
        for index, way in enumerate(order.shipping_lines)
        if not way.is_removed
    ]
    quantities = Quantities(order)
    lines = tuple(_line(prices, item, quantities, place) for item, place in goods)
    return Parts(lines=lines, shipping=tuple(ways), charges=tuple(charges))


def _line(prices: Prices, item: LineItem, quantities: Quantities, at: str) -> Line:
    subtotal = _times(prices, item, at)
    if subtotal.amount < 0:
        raise InvalidInput.at(f"{at}/price", "negative", "must not be negative")
    ids = {"variant": item.variant_id, "product": item.product_id, "line": item.id}
    line = prices.totalled(
        Line(
            id=item.id,
            sku=text.sku(item.sku, f"{at}/sku", **ids),
            name=text.line(item.name) or text.line(item.title),
            quantity=item.quantity,
            cancelled=item.quantity - quantities.left(item),
            shipped=quantities.sent(item),
            subtotal=subtotal,
            discounts=prices.discounts(item.discount_allocations, item.total_discount, item.total_discount_set, at),
            taxes=prices.taxes(item.tax_lines, at),
            total=subtotal,
            needs_shipping=not item.gift_card and item.requires_shipping is not False,
        )
    )
    if line.total.amount < 0:
        raise InvalidInput.at(at, "discount", f"its discounts exceed its price: {line.total} would be owed")
    return line


def _times(prices: Prices, item: LineItem, at: str) -> Money:
    unit = prices.side.decimal(item.price, item.price_set)
    return exact(unit * item.quantity, prices.side.currency, f"{at}/price")


def _shipping(prices: Prices, way: ShippingLine, at: str) -> ShippingCharge:
    price = prices.side.money(way.price, way.price_set, f"{at}/price")
    discounts = prices.discounts(way.discount_allocations, None, None, at)
    if not discounts and way.discounted_price is not None:
        reduced = prices.side.money(way.discounted_price, way.discounted_price_set, f"{at}/discounted_price")
        discounts = (Discount(name=prices.promotion_code(), amount=price - reduced),) if reduced < price else ()
    return prices.totalled(
        ShippingCharge(
            name=text.line(way.title) or text.line(way.code) or "Shipping",
            code=text.line(way.code),
            subtotal=price,
            discounts=discounts,
            taxes=prices.taxes(way.tax_lines, at),
            total=price,
        )
    )


def _duties(prices: Prices) -> tuple[Charge, ...]:
    amounts: list[Money] = []
    taxes: list[Tax] = []
    for index, item in enumerate(prices.order.line_items):
        for number, duty in enumerate(item.duties):
            at = f"{prices.at}/line_items/{index}/duties/{number}"
            amounts.append(prices.side.money(None, duty, at))
            taxes += prices.taxes(duty.tax_lines, at)
    whole = prices.side.money(None, prices.order.original_total_duties_set, f"{prices.at}/original_total_duties_set")
    itemised = Money.sum_of(amounts, prices.side.currency)
    together = Money.sum_of((tax.amount for tax in taxes), prices.side.currency)
    tax = (Tax(name="Tax on duties", amount=together),) if together else ()
    return prices.charge(ChargeKind.DUTY, "Import duties", itemised or whole, tax)


def _fees(prices: Prices) -> tuple[Charge, ...]:
    charges: list[Charge] = []
    for index, fee in enumerate(prices.order.additional_fees):
        at = f"{prices.at}/additional_fees/{index}"
        amount = prices.side.money(None, fee.price_set, at)
        name = text.line(fee.name) or "Additional fee"
        charges += prices.charge(ChargeKind.SURCHARGE, name, amount, prices.taxes(fee.tax_lines, at))
    if charges:
        return tuple(charges)
    fees = prices.order.original_total_additional_fees_set
    whole = prices.side.money(None, fees, f"{prices.at}/original_total_additional_fees_set")
    return prices.charge(ChargeKind.SURCHARGE, "Additional fees", whole)
