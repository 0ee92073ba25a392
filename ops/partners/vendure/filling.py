"""A new Vendure shop is given its countries, taxes, ways of shipping, payment methods and goods."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from ops.partners.vendure.assortment import Assortment, Way, per_cent_off
from ops.partners.vendure.speaking import Shop

if TYPE_CHECKING:
    from ops.sandbox.goods import Article, Goods

USER = "superadmin"
TOKEN_METHOD = "card-token"  # noqa: S105 - a method's name
"""The shopper's card is authorised by whoever fulfils the order: the shop keeps a token of it."""
PREPAID_METHOD = "prepaid"
"""The shop takes the money itself, at once."""


def fill(url: str, password: str, assortment: Assortment, goods: Goods) -> str:
    """Fill a shop that was started for the first time; answers an API key of its administrator.

    Raises:
        StackError: the shop does not take something.
    """
    with Shop(url, "admin-api") as shop:
        login = "mutation($u: String!, $p: String!) { login(username: $u, password: $p) { __typename } }"
        shop.ask(login, u=USER, p=password)
        zones = {code: _zone(shop, code, name) for code, name in assortment.countries.items()}
        _channel(shop, assortment, next(iter(zones.values())))
        category = shop.ask('mutation { createTaxCategory(input: {name: "Standard", isDefault: true}) { id } }')["id"]
        for code, rate in assortment.taxes.items():
            _tax(shop, f"VAT {code}", rate, category, zones[code])
        for way in assortment.shipping:
            _way(shop, way, next(iter(assortment.taxes.values())))
        _payment(shop, TOKEN_METHOD, "Card", "payment-by-token", {})
        _payment(shop, PREPAID_METHOD, "Prepaid", "dummy-payment-handler", {"automaticSettle": "true"})
        _coupon(shop, assortment)
        location = shop.ask("{ stockLocations { items { id } } }")["items"][0]["id"]
        sold = [article for article in goods.items if article.sku in assortment.prices]
        made = {article.sku: _article(shop, article, assortment, category, location) for article in sold}
        _other_prices(shop, made, assortment, goods.rates[assortment.other_currency])
        return _api_key(shop)


def _zone(shop: Shop, code: str, name: str) -> str:
    country = shop.ask(
        "mutation($i: CreateCountryInput!) { createCountry(input: $i) { id } }",
        i={"code": code, "enabled": True, "translations": [{"languageCode": "en", "name": name}]},
    )["id"]
    given = {"name": name, "memberIds": [country]}
    return str(shop.ask("mutation($i: CreateZoneInput!) { createZone(input: $i) { id } }", i=given)["id"])


def _channel(shop: Shop, assortment: Assortment, zone: str) -> None:
    current = shop.ask("{ activeChannel { id } }")["id"]
    shop.ask(
        "mutation($i: UpdateChannelInput!) { updateChannel(input: $i) { __typename } }",
        i={
            "id": current,
            "defaultTaxZoneId": zone,
            "defaultShippingZoneId": zone,
            "defaultCurrencyCode": assortment.currency,
            "availableCurrencyCodes": [assortment.currency, assortment.other_currency],
            "pricesIncludeTax": True,
        },
    )


def _tax(shop: Shop, name: str, rate: Decimal, category: str, zone: str) -> None:
    given = {"name": name, "enabled": True, "value": float(rate), "categoryId": category, "zoneId": zone}
    shop.ask("mutation($i: CreateTaxRateInput!) { createTaxRate(input: $i) { id } }", i=given)


def _way(shop: Shop, way: Way, rate: Decimal) -> None:
    price = {"rate": str(way.price), "includesTax": "include", "taxRate": str(rate)}
    given = {
        "code": way.code,
        "fulfillmentHandler": "manual-fulfillment",
        "checker": _operation("default-shipping-eligibility-checker", {"orderMinimum": str(way.from_worth)}),
        "calculator": _operation("default-shipping-calculator", price),
        "translations": [{"languageCode": "en", "name": way.name, "description": ""}],
    }
    shop.ask("mutation($i: CreateShippingMethodInput!) { createShippingMethod(input: $i) { id } }", i=given)


def _payment(shop: Shop, code: str, name: str, handler: str, settings: dict[str, str]) -> None:
    given = {
        "code": code,
        "enabled": True,
        "handler": _operation(handler, settings),
        "translations": [{"languageCode": "en", "name": name, "description": ""}],
    }
    shop.ask("mutation($i: CreatePaymentMethodInput!) { createPaymentMethod(input: $i) { id } }", i=given)


def _coupon(shop: Shop, assortment: Assortment) -> None:
    given = {
        "enabled": True,
        "couponCode": assortment.coupon.code,
        "conditions": [],
        "actions": [_operation("order_percentage_discount", {"discount": str(assortment.coupon.per_cent)})],
        "translations": [{"languageCode": "en", "name": per_cent_off(assortment), "description": ""}],
    }
    shop.ask("mutation($i: CreatePromotionInput!) { createPromotion(input: $i) { __typename } }", i=given)


def _in_hundredths(own: int, rate: Decimal) -> int:
    """A price in the other currency, whole in its major unit: Vendure keeps hundredths of every currency."""
    return int((own * rate / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)) * 100


def _article(shop: Shop, article: Article, assortment: Assortment, category: str, location: str) -> str:
    name = article.name or article.sku
    named = [{"languageCode": "en", "name": name, "slug": article.sku.lower(), "description": ""}]
    product = shop.ask(
        "mutation($i: CreateProductInput!) { createProduct(input: $i) { id } }",
        i={"enabled": True, "translations": named},
    )["id"]
    given = {
        "productId": product,
        "sku": article.sku,
        "price": assortment.prices[article.sku],
        "taxCategoryId": category,
        "trackInventory": "TRUE",
        "stockLevels": [{"stockLocationId": location, "stockOnHand": _saleable(article)}],
        "translations": [{"languageCode": "en", "name": name}],
    }
    creating = "mutation($i: [CreateProductVariantInput!]!) { createProductVariants(input: $i) { id } }"
    return str(shop.ask(creating, i=[given])[0]["id"])


def _other_prices(shop: Shop, variants: dict[str, str], assortment: Assortment, rate: Decimal) -> None:
    # Vendure takes a new article's price in the shop's own currency only.
    currency, own = assortment.other_currency, assortment.prices
    given = [
        {"id": variant, "prices": [{"currencyCode": currency, "price": _in_hundredths(own[sku], rate)}]}
        for sku, variant in variants.items()
    ]
    shop.ask("mutation($i: [UpdateProductVariantInput!]!) { updateProductVariants(input: $i) { id } }", i=given)


def _saleable(article: Article) -> int:
    """A set has no shelf of its own: as many as its scarcest part would not be worth working out here."""
    return sum(article.on_hand.values()) or 100


def _api_key(shop: Shop) -> str:
    role = shop.ask("{ activeAdministrator { user { roles { id } } } }")["user"]["roles"][0]["id"]
    given = {"roleIds": [role], "translations": [{"languageCode": "en", "name": "Orderloom"}]}
    return str(shop.ask("mutation($i: CreateApiKeyInput!) { createApiKey(input: $i) { apiKey } }", i=given)["apiKey"])


def _operation(code: str, arguments: dict[str, str]) -> dict[str, Any]:
    return {"code": code, "arguments": [{"name": name, "value": value} for name, value in arguments.items()]}
