"""Which side of Shopify's two-currency prices an order is read on: what the customer saw, or the shop's books."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.storefront.amounts import exact
from models.money import Money, known_currency

if TYPE_CHECKING:
    from activities.adapters.shopify.payload import PriceSet, ShopifyOrder

_NOTHING = Decimal(0)


class Incomplete(Exception):
    """An amount is given in the shop's currency only."""


@dataclass(frozen=True)
class Side:
    """One currency, and how amounts in it are found."""

    currency: str
    presentment: bool

    def decimal(self, plain: Decimal | None, prices: PriceSet | None) -> Decimal:
        """An amount in major units; nothing where Shopify gives none.

        Args:
            plain: the field in the shop's currency.
            prices: its twin in both currencies.

        Raises:
            Incomplete: the customer's currency is read, and the amount is not given in it.
        """
        if self.presentment:
            money = prices.presentment_money if prices else None
            if money is not None and money.amount is not None and money.currency_code == self.currency:
                return money.amount
            if self._of_shop(plain, prices):
                raise Incomplete
            return _NOTHING
        return self._of_shop(plain, prices)

    def money(self, plain: Decimal | None, prices: PriceSet | None, at: str) -> Money:
        """An amount that has to fit the currency.

        Raises:
            Incomplete: as `decimal` does.
            models.errors.InvalidInput: more decimals than the currency has.
        """
        return exact(self.decimal(plain, prices), self.currency, at)

    @staticmethod
    def _of_shop(plain: Decimal | None, prices: PriceSet | None) -> Decimal:
        if plain is not None:
            return plain
        money = prices.shop_money if prices else None
        return money.amount if money is not None and money.amount is not None else _NOTHING


def sides(order: ShopifyOrder) -> tuple[Side, ...]:
    """The sides to try: the customer's currency where it is another, then the shop's."""
    shop = Side(order.currency, presentment=False)
    shown = order.total_price_set.presentment_money if order.total_price_set else None
    code = order.presentment_currency or (shown.currency_code if shown else None)
    if code is None or code == order.currency:
        return (shop,)
    try:
        return (Side(known_currency(code), presentment=True), shop)
    except ValueError:
        return (shop,)
