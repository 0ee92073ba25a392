"""What an Amazon order costs: its items' amounts made into lines, shipping and charges that come to its total.

Amazon says an item's price and its tax, but not whether the one lies in the other: that is the marketplace's custom.
The order's total settles it. Of the three ways to add up, the marketplace's own is tried first, and the one that comes
to the total is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from models.errors import InvalidInput
from models.money import Money
from models.order.document import Line
from models.order.pricing import Charge, ChargeKind, Discount, ShippingCharge, Tax

if TYPE_CHECKING:
    from collections.abc import Sequence


class TaxMode(Enum):
    """How taxes and prices go together."""

    INCLUDED = "prices include tax"
    ADDED = "tax comes on top, and is that of the reduced price"
    ADDED_BEFORE_DISCOUNT = "tax comes on top, and the discount's tax comes off"


@dataclass(frozen=True)
class Cost:
    """The price of one thing, its reduction, and the tax on either."""

    price: Money
    discount: Money
    tax: Money
    discount_tax: Money

    @classmethod
    def nothing(cls, currency: str) -> Cost:
        """It costs nothing."""
        zero = Money.zero(currency)
        return cls(zero, zero, zero, zero)

    def __add__(self, other: Cost) -> Cost:
        """Both together."""
        return Cost(
            self.price + other.price,
            self.discount + other.discount,
            self.tax + other.tax,
            self.discount_tax + other.discount_tax,
        )

    def net_tax(self, mode: TaxMode) -> Money:
        """The tax that is paid in the end."""
        return self.tax if mode is TaxMode.ADDED else self.tax - self.discount_tax

    def total(self, mode: TaxMode) -> Money:
        """What the customer pays."""
        reduced = self.price - self.discount
        return reduced if mode is TaxMode.INCLUDED else reduced + self.net_tax(mode)

    def __bool__(self) -> bool:
        """Whether anything is charged at all."""
        return any((self.price, self.discount, self.tax, self.discount_tax))


@dataclass(frozen=True)
class Item:
    """An item of the order, and everything that is charged for it."""

    at: str
    id: str
    sku: str
    name: str | None
    quantity: int
    finished: int
    """How many Amazon has shipped or cancelled."""
    sent: int
    """How many of these it has shipped, or shows as shipped by us."""
    goods: Cost
    shipping: Cost
    beside: tuple[tuple[ChargeKind, str, Cost], ...] = ()
    """Gift wrapping, the fee for cash on delivery and the like."""
    promotion: str = "Promotion"
    needs_shipping: bool = True


@dataclass(frozen=True)
class Stated:
    """What Amazon says the order comes to."""

    total: Money | None
    at: str


@dataclass(frozen=True)
class Bill:
    """The priced parts of an order."""

    taxes_included: bool
    lines: tuple[Line, ...]
    shipping: tuple[ShippingCharge, ...]
    charges: tuple[Charge, ...]
    total: Money


@dataclass(frozen=True)
class Reckoning:
    """Makes the bill."""

    currency: str
    items: Sequence[Item]
    stated: Stated
    taxes_included: bool
    """The marketplace's custom."""
    shipping_name: str = "Shipping"
    shipping_code: str | None = None
    tip: Money | None = None

    def bill(self) -> Bill:
        """Add up.

        Raises:
            InvalidInput: no way of adding up comes to the stated total, or a discount exceeds its price.
        """
        mode = self._mode()
        lines = tuple(self._line(item, mode) for item in self.items)
        charges = self._charges(mode)
        reached = self._reached(mode)
        total = reached if self.stated.total is None else self.stated.total
        left = total - reached
        if left:
            charges = (*charges, Charge(kind=ChargeKind.ROUNDING, name="Rounding", subtotal=left, total=left))
        return Bill(mode is TaxMode.INCLUDED, lines, self._shipping(mode), charges, total)

    def _mode(self) -> TaxMode:
        modes = [TaxMode.ADDED, TaxMode.ADDED_BEFORE_DISCOUNT, TaxMode.INCLUDED]
        if self.taxes_included:
            modes.insert(0, modes.pop())
        total = self.stated.total
        if total is None:
            return modes[0]
        # An exact way before one that is only near: a cent of tax must not pass for rounding.
        for tolerance in (0, len(self._costs())):
            for mode in modes:
                if abs((total - self._reached(mode)).amount) <= tolerance:
                    return mode
        reached = self._reached(modes[0])
        message = f"is {total}, but items, shipping, charges, discounts and taxes come to {reached}"
        raise InvalidInput.at(self.stated.at, "total", message)

    def _costs(self) -> list[Cost]:
        costs = [cost for item in self.items for cost in (item.goods, item.shipping)]
        costs += (cost for item in self.items for _, _, cost in item.beside)
        return [cost for cost in costs if cost]

    def _reached(self, mode: TaxMode) -> Money:
        total = Money.sum_of((cost.total(mode) for cost in self._costs()), self.currency)
        return total + self.tip if self.tip else total

    def _line(self, item: Item, mode: TaxMode) -> Line:
        total = item.goods.total(mode)
        if item.goods.price.amount < 0 or total.amount < 0:
            message = f"{item.goods.discount} come off a price of {item.goods.price}"
            raise InvalidInput.at(item.at, "discount", message)
        return Line(
            id=item.id,
            sku=item.sku,
            name=item.name,
            quantity=item.quantity,
            cancelled=item.finished,
            shipped=min(item.sent, item.finished),
            subtotal=item.goods.price,
            discounts=_discounts(item.goods, item.promotion),
            taxes=_taxes(item.goods, mode),
            total=total,
            needs_shipping=item.needs_shipping,
        )

    def _shipping(self, mode: TaxMode) -> tuple[ShippingCharge, ...]:
        cost = sum((item.shipping for item in self.items), Cost.nothing(self.currency))
        if not cost and self.shipping_code is None:
            return ()
        return (
            ShippingCharge(
                name=self.shipping_name,
                code=self.shipping_code,
                subtotal=cost.price,
                discounts=_discounts(cost, "Shipping promotion"),
                taxes=_taxes(cost, mode),
                total=cost.total(mode),
            ),
        )

    def _charges(self, mode: TaxMode) -> tuple[Charge, ...]:
        together: dict[tuple[ChargeKind, str], Cost] = {}
        for item in self.items:
            for kind, name, cost in item.beside:
                together[kind, name] = together.get((kind, name), Cost.nothing(self.currency)) + cost
        charges = [
            Charge(
                kind=kind,
                name=name,
                subtotal=cost.price,
                discounts=_discounts(cost, "Promotion"),
                taxes=_taxes(cost, mode),
                total=cost.total(mode),
            )
            for (kind, name), cost in together.items()
            if cost
        ]
        if self.tip:
            charges.append(Charge(kind=ChargeKind.TIP, name="Delivery tip", subtotal=self.tip, total=self.tip))
        return tuple(charges)


def _discounts(cost: Cost, name: str) -> tuple[Discount, ...]:
    return (Discount(name=name, amount=cost.discount),) if cost.discount else ()


def _taxes(cost: Cost, mode: TaxMode) -> tuple[Tax, ...]:
    tax = cost.net_tax(mode)
    return (Tax(name="Tax", amount=tax),) if tax else ()
