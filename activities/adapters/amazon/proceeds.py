"""An item's proceeds in Orders API 2026-01-01, taken apart into what each thing cost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.adapters.amazon.bill import Cost
from models.errors import InvalidInput
from models.money import Money
from models.order.pricing import ChargeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activities.adapters.amazon.v2026_payload import Breakdown, OrderItem

_GOODS, _SHIPPING, _DISCOUNT = "ITEM", "SHIPPING", "DISCOUNT"
_BESIDE = {
    "GIFT_WRAP": (ChargeKind.GIFT_WRAP, "Gift wrap"),
    "COD_FEE": (ChargeKind.SURCHARGE, "Cash on delivery"),
    "OTHER": (ChargeKind.OTHER, "Other"),
}


@dataclass(frozen=True)
class Proceeds:
    """What an item cost, by kind."""

    goods: Cost
    shipping: Cost
    beside: tuple[tuple[ChargeKind, str, Cost], ...]


def proceeds(item: OrderItem, currency: str, at: str) -> Proceeds:
    """Take an item's proceeds apart; without a breakdown they are all the goods', else unit price times quantity.

    Raises:
        InvalidInput: an amount in another currency, or with too many decimals.
    """
    said = item.proceeds
    if not said.breakdowns:
        goods = _whole(item, currency, at)
        return Proceeds(goods, Cost.nothing(currency), ())
    read = _Ledger(currency, f"{at}/proceeds/breakdowns", said.breakdowns)
    beside = tuple((kind, name, read.cost(type_)) for type_, (kind, name) in _BESIDE.items())
    return Proceeds(read.cost(_GOODS), read.cost(_SHIPPING), beside)


def _whole(item: OrderItem, currency: str, at: str) -> Cost:
    total, unit = item.proceeds.proceeds_total, item.product.price.unit_price
    nothing = Cost.nothing(currency)
    if total is not None:
        price = total.read(currency, f"{at}/proceeds/proceedsTotal")
    elif unit is not None:
        each = unit.read(currency, f"{at}/product/price/unitPrice")
        price = Money(amount=each.amount * item.quantity_ordered, currency=currency)
    else:
        return nothing
    return Cost(price, nothing.discount, nothing.tax, nothing.discount_tax)


class _Ledger:
    """Prices, discounts and taxes by the kind of thing they fall on."""

    def __init__(self, currency: str, at: str, breakdowns: Sequence[Breakdown]) -> None:
        zero = Money.zero(currency)
        self._currency = currency
        self._prices: dict[str, Money] = defaultdict(lambda: zero)
        self._discounts: dict[str, Money] = defaultdict(lambda: zero)
        self._taxes: dict[str, Money] = defaultdict(lambda: zero)
        for index, breakdown in enumerate(breakdowns):
            self._post(breakdown, f"{at}/{index}")

    def cost(self, kind: str) -> Cost:
        """What one kind of thing cost."""
        return Cost(self._prices[kind], self._discounts[kind], self._taxes[kind], Money.zero(self._currency))

    def _post(self, breakdown: Breakdown, at: str) -> None:
        amount = breakdown.subtotal.read(self._currency, f"{at}/subtotal")
        if breakdown.type == "TAX":
            self._share(self._taxes, breakdown, amount, at)
        elif breakdown.type == _DISCOUNT:
            # A discount may be written as what it is or as what it does to the total: 5.00 and -5.00 are one.
            self._share(self._discounts, breakdown, _positive(amount), at)
        else:
            kind = breakdown.type if breakdown.type in {_GOODS, _SHIPPING} or breakdown.type in _BESIDE else "OTHER"
            self._prices[kind] += amount

    def _share(self, book: dict[str, Money], breakdown: Breakdown, amount: Money, at: str) -> None:
        left, last, off = amount, _GOODS, False
        for index, part in enumerate(breakdown.detailed_breakdowns):
            off = off or part.subtype == _DISCOUNT
            if part.value is None or part.subtype not in {_SHIPPING, *_BESIDE}:
                continue
            last = part.subtype
            value = part.value.read(self._currency, f"{at}/detailedBreakdowns/{index}/value")
            value = _positive(value) if book is self._discounts else value
            book[last] += value
            left -= value
        if left.amount < 0 <= amount.amount:
            if not off:
                message = f"come to more than their subtotal of {amount}"
                raise InvalidInput.at(f"{at}/detailedBreakdowns", "total", message)
            # A discount takes tax off without saying of what: off the goods, and what they do not have off the last.
            book[last] += left
            return
        # What no part is said to fall on falls on the goods.
        book[_GOODS] += left


def _positive(amount: Money) -> Money:
    return Money(amount=abs(amount.amount), currency=amount.currency)
