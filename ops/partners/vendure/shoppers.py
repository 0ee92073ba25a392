"""Shoppers of the Vendure shop: they fill a basket, say where they live and pay, as people in a browser do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ops.partners.vendure.filling import PREPAID_METHOD, TOKEN_METHOD
from ops.partners.vendure.speaking import Shop
from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from collections.abc import Mapping

GOOD_CARD = "tok_visa"
"""A card that our payment provider sets money aside for."""
DECLINED_CARD = "tok_declined"
"""A card that the shop takes, since it does not ask, and the payment provider does not."""


@dataclass(frozen=True)
class Shopper:
    """Who buys, and where it goes."""

    first_name: str
    last_name: str
    email: str
    street: str
    city: str
    postal_code: str
    country: str
    company: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Basket:
    """What somebody buys, and how."""

    shopper: Shopper
    goods: Mapping[str, int]
    """How many by SKU."""
    way: str = "standard"
    coupon: str = ""
    currency: str = "EUR"
    method: str = TOKEN_METHOD
    card: str = GOOD_CARD
    """The payment provider's token of it."""


@dataclass(frozen=True)
class Placed:
    """An order as the shop confirmed it."""

    code: str
    id: str
    total: int
    """Hundredths of the currency, tax included."""
    state: str
    lines: Mapping[str, str] = field(default_factory=dict)
    """The shop's ids of its lines, by SKU."""


JONAS = Shopper("Jonas", "Müller", "jonas@example.com", "Torstraße 1", "Berlin", "10119", "DE", phone="+49 30 123456")
FLEUR = Shopper("Fleur", "de Vries", "fleur@example.com", "Witte de Withstraat 5", "Rotterdam", "3012 BK", "NL")
YUKO = Shopper("裕子", "山田 🌸", "yuko@example.com", "丸の内1丁目", "千代田区", "100-0005", "JP")
NOOR = Shopper("نور", "الحسن", "noor@example.com", "12 Ångströmgränd", "Bristol", "BS1 4DJ", "GB", company="Café Ḥalab")

BASKETS = (
    Basket(JONAS, {"MUG-BLUE": 2, "TEE-M": 1}),
    Basket(FLEUR, {"LAMP-OAK": 1, "LAMP-SHADE": 3}, coupon="TEN"),
    Basket(JONAS, {"NOTEBOOK-A5": 5, "PEN-GEL": 10}, way="express"),
    Basket(YUKO, {"LENS-50": 1, "MUG-RED": 1}, way="free", currency="JPY"),
    Basket(FLEUR, {"CHAIR-ERGO": 1}, method=PREPAID_METHOD),
    Basket(NOOR, {"TEE-S": 1, "TEE-L": 2}, card=DECLINED_CARD),
)
"""A morning's baskets: two articles and one, several of one, four countries and scripts, a coupon, a card that will be
declined."""


_ERROR = "__typename ... on ErrorResult { errorCode message }"
_PAID = "... on Order { id code state totalWithTax lines { id productVariant { sku } } }"
_ADD = f"mutation($v: ID!, $q: Int!) {{ addItemToOrder(productVariantId: $v, quantity: $q) {{ {_ERROR} }} }}"
_REDEEM = f"mutation($c: String!) {{ applyCouponCode(couponCode: $c) {{ {_ERROR} }} }}"
_INTRODUCE = f"mutation($i: CreateCustomerInput!) {{ setCustomerForOrder(input: $i) {{ {_ERROR} }} }}"
_SEND_TO = f"mutation($i: CreateAddressInput!) {{ setOrderShippingAddress(input: $i) {{ {_ERROR} }} }}"
_BILL_TO = f"mutation($i: CreateAddressInput!) {{ setOrderBillingAddress(input: $i) {{ {_ERROR} }} }}"
_SEND_BY = f"mutation($m: [ID!]!) {{ setOrderShippingMethod(shippingMethodId: $m) {{ {_ERROR} }} }}"
_TO_THE_TILL = f'mutation {{ transitionOrderToState(state: "ArrangingPayment") {{ {_ERROR} }} }}'
_PAY = f"mutation($i: PaymentInput!) {{ addPaymentToOrder(input: $i) {{ {_ERROR} {_PAID} }} }}"


def place(url: str, basket: Basket) -> Placed:
    """Place an order in the shop at `url`.

    Raises:
        StackError: the shop does not take it; says why.
    """
    with Shop(url, "shop-api") as shop:
        wanted = _variants(shop)
        for sku, quantity in basket.goods.items():
            shop.ask(_ADD, currency=basket.currency, v=wanted[sku], q=quantity)
        if basket.coupon:
            shop.ask(_REDEEM, currency=basket.currency, c=basket.coupon)
        _introduce(shop, basket)
        _choose_way(shop, basket)
        shop.ask(_TO_THE_TILL, currency=basket.currency)
        return _pay(shop, basket)


def _variants(shop: Shop) -> dict[str, str]:
    found = shop.ask("{ products(options: {take: 100}) { items { variants { id sku } } } }")
    return {each["sku"]: each["id"] for product in found["items"] for each in product["variants"]}


def _introduce(shop: Shop, basket: Basket) -> None:
    who = basket.shopper
    customer = {"emailAddress": who.email, "firstName": who.first_name, "lastName": who.last_name}
    address = {
        "fullName": f"{who.first_name} {who.last_name}",
        "company": who.company,
        "streetLine1": who.street,
        "city": who.city,
        "postalCode": who.postal_code,
        "countryCode": who.country,
        "phoneNumber": who.phone,
    }
    shop.ask(_INTRODUCE, currency=basket.currency, i=customer)
    shop.ask(_SEND_TO, currency=basket.currency, i=address)
    shop.ask(_BILL_TO, currency=basket.currency, i=address)


def _choose_way(shop: Shop, basket: Basket) -> None:
    offered = shop.ask("{ eligibleShippingMethods { id code } }", currency=basket.currency)
    way = next((each["id"] for each in offered if each["code"] == basket.way), None)
    if way is None:
        raise StackError(f"Vendure does not send this basket by {basket.way}")
    shop.ask(_SEND_BY, currency=basket.currency, m=[way])


def _pay(shop: Shop, basket: Basket) -> Placed:
    payment = {"method": basket.method, "metadata": {"token": basket.card}}
    order = shop.ask(_PAY, currency=basket.currency, i=payment)
    lines = {line["productVariant"]["sku"]: line["id"] for line in order["lines"]}
    return Placed(order["code"], order["id"], order["totalWithTax"], order["state"], lines)
