"""Whether an order's total is what its parts come to; if not, which of Magento's sums is the odd one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.magento.payload import NOTHING
from models.errors import InvalidInput
from models.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from activities.adapters.magento.goods import Sold
    from activities.adapters.magento.payload import MagentoOrder
    from activities.adapters.magento.prices import Pricing

# PHP writes 165.10 as 165.09999999999999: so little is noise, more is an amount the currency does not have.
_NOISE = Decimal("0.000001")


def exact(value: Decimal, currency: str, at: str) -> Money:
    """Read a total.

    Raises:
        InvalidInput: it has more decimals than the currency.
    """
    money = Money.rounded(value, currency)
    if abs(money.major - value) > _NOISE:
        raise InvalidInput.at(at, "decimals", f"{value.normalize():f} has more decimals than {currency}")
    return money


def remainder(pricing: Pricing, total: Money, parts: list[Money], goods: list[Sold]) -> Money:
    """What rounding left over: at most one minor unit a part.

    Args:
        pricing: the order and its currency.
        total: what the order says it comes to, gift cards and the like included.
        parts: what each line and charge comes to.
        goods: the lines' rows.

    Raises:
        InvalidInput: more than rounding; points at the first of Magento's sums that its parts do not come to.
    """
    reached = Money.sum_of(parts, total.currency)
    left = total - reached
    if abs(left.amount) <= len(parts):
        return left
    _odd_sum(pricing, goods)
    message = (
        f"the total is {total} with what gift cards and credit paid, but goods, shipping and charges come to {reached}"
    )
    raise InvalidInput.at(f"{pricing.at}/grand_total", "total", message)


def _odd_sum(pricing: Pricing, goods: list[Sold]) -> None:
    order = pricing.order
    payers = [payer.item for payer in {sold.payer.at: sold.payer for sold in goods}.values()]
    sums = (
        ("subtotal", order.subtotal, _total(item.row_total for item in payers), "the items come to"),
        (
            "discount_amount",
            -order.discount_amount if order.discount_amount else order.discount_amount,
            _total(item.discount_amount for item in payers) + (order.shipping_discount_amount or NOTHING),
            "the discounts of items and shipping come to",
        ),
        (
            "tax_amount",
            order.tax_amount,
            _total(item.tax_amount for item in payers) + _other_tax(order),
            "the taxes of items and shipping come to",
        ),
    )
    for field, said, parts, words in sums:
        if said is None:
            continue
        given, reached = pricing.money(said), pricing.money(parts)
        if abs((given - reached).amount) > len(goods) + 1:
            raise InvalidInput.at(f"{pricing.at}/{field}", "total", f"is {given}, but {words} {reached}")


def _other_tax(order: MagentoOrder) -> Decimal:
    more = order.more
    return _total((order.shipping_tax_amount, more.gw_tax_amount, more.gw_items_tax_amount, more.gw_card_tax_amount))


def _total(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount or NOTHING for amount in amounts), NOTHING)
