"""What an order's goods, shipping and charges cost, and whether that is its total.

Magento gives each amount before and after tax, and a discount that was granted on prices with tax together with the tax
in it (the compensation). Where prices include tax the amounts with tax are read, otherwise those without, the
compensation taken off the discount: either way the parts come to what the customer pays.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.magento.payload import NOTHING
from activities.adapters.storefront import text
from activities.adapters.storefront.amounts import rate
from models.errors import InvalidInput
from models.money import Money
from models.order.document import Line
from models.order.pricing import Charge, ChargeKind, Discount, ShippingCharge, Tax

if TYPE_CHECKING:
    from activities.adapters.magento.goods import Sold
    from activities.adapters.magento.payload import Item, MagentoOrder

_HUNDRED = Decimal(100)


def taxes_included(order: MagentoOrder) -> bool:
    """Whether the shop's prices include tax: its catalogue price, or its discounts, are those with tax."""
    taxed = [item for item in order.items if item.tax_amount and item.row_total]
    shipping_compensation = order.shipping_discount_tax_compensation_amount or order.shipping_hidden_tax_amount
    return (
        bool(shipping_compensation)
        or any(item.compensation for item in order.items)
        or any(
            item.original_price == item.price_incl_tax and item.price_incl_tax != item.price
            for item in taxed
            if item.original_price and item.price_incl_tax
        )
    )


@dataclass(frozen=True)
class Amounts:
    """A part's amounts before they are shared out."""

    subtotal: Money
    discount: Money
    tax: Money
    product_tax: Money
    """The fixed product tax (WEEE), which Magento keeps apart."""


@dataclass(frozen=True)
class Pricing:
    """Reads the priced parts of one order."""

    order: MagentoOrder
    currency: str
    at: str
    included: bool

    def money(self, value: Decimal | None) -> Money:
        """A part's amount; Magento computes with four decimals, and PHP writes some of them as 22.549999999999997."""
        return Money.rounded(value or NOTHING, self.currency)

    def promotion(self) -> str:
        """The name of the order's discount."""
        return text.line(self.order.discount_description) or text.line(self.order.coupon_code) or "Discount"

    def line(self, sold: Sold, number: int) -> Line:
        """Read a line.

        Args:
            sold: the article and the row that pays for it.
            number: the line's place, which names it where Magento does not.

        Raises:
            InvalidInput: a quantity, SKU or discount that makes no sense.
        """
        article = sold.article.item
        part = self._amounts(sold.payer.item)
        subtotal, discount, tax, product_tax = (
            amount.allocate(sold.weights)[sold.share]
            for amount in (part.subtotal, part.discount, part.tax, part.product_tax)
        )
        total = subtotal - discount + (Money.zero(self.currency) if self.included else tax + product_tax)
        if subtotal.amount < 0:
            raise InvalidInput.at(f"{sold.payer.at}/row_total", "negative", "must not be negative")
        if total.amount < 0:
            message = f"{discount} are more than the {subtotal} it is taken off"
            raise InvalidInput.at(f"{sold.payer.at}/discount_amount", "discount", message)
        return Line(
            id=sold.id or str(number),
            sku=text.sku(article.sku, f"{sold.article.at}/sku", product=article.product_id, line=article.item_id),
            name=text.titled(article.name),
            quantity=sold.quantity(),
            cancelled=sold.finished(self.order.state),
            shipped=sold.sent(self.order.state),
            subtotal=subtotal,
            discounts=self._discounts(discount),
            taxes=(*self._taxes(tax, sold.payer.item.tax_percent), *self._taxes(product_tax, None, "Product tax")),
            total=total,
            needs_shipping=not (article.is_virtual or article.product_type in {"virtual", "downloadable"}),
        )

    def shipping(self) -> tuple[ShippingCharge, ...]:
        """Read what shipping costs; nothing where the order names no way of shipping."""
        order = self.order
        tax = self.money(order.shipping_tax_amount)
        compensation = order.shipping_discount_tax_compensation_amount or order.shipping_hidden_tax_amount or NOTHING
        given = order.shipping_discount_amount or NOTHING
        subtotal, discount = self.money(order.shipping_amount), self.money(given - compensation)
        if self.included:
            gross = (order.shipping_amount or NOTHING) + (order.shipping_tax_amount or NOTHING)
            subtotal = self.money(gross if order.shipping_incl_tax is None else order.shipping_incl_tax)
            discount = self.money(given)
        code = text.line(order.shipping.method)
        if not (subtotal or code or order.shipping_description):
            return ()
        total = subtotal - discount + (Money.zero(self.currency) if self.included else tax)
        return (
            ShippingCharge(
                name=text.line(order.shipping_description) or code or "Shipping",
                code=code,
                subtotal=subtotal,
                discounts=self._discounts(discount),
                taxes=self._taxes(tax, None),
                total=total,
            ),
        )

    def charges(self) -> tuple[Charge, ...]:
        """Read gift wrapping and the fees a shop adds."""
        more = self.order.more
        wraps = (
            ("Gift wrapping", more.gw_price, more.gw_tax_amount),
            ("Gift wrapping of items", more.gw_items_price, more.gw_items_tax_amount),
            ("Gift card in print", more.gw_card_price, more.gw_card_tax_amount),
        )
        charges = [self._charge(ChargeKind.GIFT_WRAP, name, price, tax) for name, price, tax in wraps if price]
        extension = self.order.extension_attributes
        for fee in extension.custom_fees if extension else ():
            name = text.line(fee.custom_fee_label) or text.line(fee.custom_fee_code) or "Fee"
            if fee.custom_fee_amount:
                charges.append(self._charge(ChargeKind.SURCHARGE, name, fee.custom_fee_amount, None))
        return tuple(charges)

    def rounding(self, remainder: Money) -> Charge:
        """What rounding each part left over."""
        return Charge(kind=ChargeKind.ROUNDING, name="Rounding", subtotal=remainder, total=remainder)

    def _charge(self, kind: ChargeKind, name: str, price: Decimal | None, tax: Decimal | None) -> Charge:
        net, levied = self.money(price), self.money(tax)
        return Charge(
            kind=kind,
            name=name,
            subtotal=net + levied if self.included else net,
            taxes=self._taxes(levied, None),
            total=net + levied,
        )

    def _amounts(self, item: Item) -> Amounts:
        given = item.discount_amount or NOTHING
        product_tax = self.money(item.weee_tax_applied_row_amount)
        if not self.included:
            discount = self.money(given - item.compensation)
            return Amounts(self.money(item.row_total), discount, self.money(item.tax_amount), product_tax)
        gross = item.row_total_incl_tax
        if gross is None:
            gross = sum((item.row_total or NOTHING, item.tax_amount or NOTHING, item.compensation), NOTHING)
        return Amounts(self.money(gross) + product_tax, self.money(given), self.money(item.tax_amount), product_tax)

    def _discounts(self, amount: Money) -> tuple[Discount, ...]:
        return (Discount(name=self.promotion(), amount=amount),) if amount else ()

    @staticmethod
    def _taxes(amount: Money, percent: Decimal | None, name: str = "Tax") -> tuple[Tax, ...]:
        return (Tax(name=name, rate=rate(percent / _HUNDRED) if percent else None, amount=amount),) if amount else ()
