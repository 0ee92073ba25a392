"""From Shopify's Order object to our order document: a pure function of the payload."""

from __future__ import annotations

from typing import Any

from activities.adapters.channel_payload import fields
from activities.adapters.shopify.parts import parts
from activities.adapters.shopify.paying import payment
from activities.adapters.shopify.payload import MailingAddress, Property, ShopifyOrder
from activities.adapters.shopify.prices import Prices
from activities.adapters.shopify.settle import settle
from activities.adapters.shopify.side import Incomplete, Side, sides
from activities.adapters.storefront import text, words
from activities.adapters.storefront.address import address
from activities.adapters.storefront.amounts import exact
from models.order.document import ChannelRisk, FulfilmentRequest, OrderDocument
from models.order.parties import Address, Customer, CustomerKind

CHANNEL = "shopify"
_HIGH_RISK = ("fraud", "high risk", "high-risk")


def document(payload: Any, at: str, channel: str = CHANNEL) -> OrderDocument:  # noqa: ANN401 - JSON has no narrower type
    """Map one order of a channel; `at` points to it in what was sent.

    Raises:
        models.errors.InvalidInput: a field that cannot be read, or totals that disagree.
    """
    order = fields(ShopifyOrder, payload, at)
    *customers, shops = sides(order)
    for side in customers:
        try:
            return _on(side, order, at, channel)
        except Incomplete:
            # Some amount is given in the shop's currency alone: then all of them are read there.
            continue
    return _on(shops, order, at, channel)


def _on(side: Side, order: ShopifyOrder, at: str, channel: str) -> OrderDocument:
    total = side.money(order.total_price, order.total_price_set, f"{at}/total_price")
    prices = Prices(order, side, at)
    priced = settle(prices, parts(prices), total)
    ways = [each for way in order.shipping_lines if not way.is_removed for each in (way.code, way.title)]
    return OrderDocument(
        channel=channel,
        external_id=order.id,
        number=text.line(order.name),
        placed_at=order.processed_at or order.created_at,
        currency=side.currency,
        taxes_included=order.taxes_included,
        customer=_customer(order),
        billing_address=_address(order.billing_address, f"{at}/billing_address", required=False),
        shipping_address=_address(order.shipping_address, f"{at}/shipping_address", required=True),
        lines=priced.lines,
        shipping=priced.shipping,
        charges=priced.charges,
        payment=payment(order, side, total, at),
        fulfilment=FulfilmentRequest(
            service_level=words.service_level(*ways),
            delivery=words.delivery(*ways, *(way.delivery_category for way in order.shipping_lines)),
            instructions=_instructions(order),
        ),
        total=total,
        base_total=exact(order.total_price, order.currency, f"{at}/total_price") if side.presentment else None,
        channel_risk=_risk(order),
        cancelled_at=order.cancelled_at,
        note=text.note(order.note),
        test=order.test,
    )


def _customer(order: ShopifyOrder) -> Customer:
    shopper, billed = order.customer, order.billing_address
    own = text.line(shopper.first_name, shopper.last_name) if shopper else None
    company = text.line(billed.company) if billed else None
    return Customer(
        id=text.customer_id(shopper.id) if shopper else None,
        kind=CustomerKind.COMPANY if company or order.company else CustomerKind.PERSON,
        name=own or (_name(billed) if billed else None),
        email=text.email(order.email, order.contact_email, shopper.email if shopper else None),
        phone=text.phone(order.phone, shopper.phone if shopper else None),
    )


def _name(given: MailingAddress) -> str | None:
    return text.line(given.name) or text.line(given.first_name, given.last_name)


def _address(given: MailingAddress | None, at: str, *, required: bool) -> Address | None:
    if given is None:
        return None
    return address(
        at=at,
        name=_name(given),
        company=given.company,
        street=(given.address1, given.address2),
        city=given.city,
        region=given.province_code or given.province,
        postal_code=given.zip,
        countries=(given.country_code, given.country),
        phone=given.phone,
        required=required,
    )


def _instructions(order: ShopifyOrder) -> str | None:
    """What shoppers asked for, of the order and line by line."""
    asked = [*_asked(order.note_attributes)]
    for item in order.line_items:
        named = text.line(item.sku) or text.line(item.title) or item.id
        asked += (f"{named}: {each}" for each in _asked(item.properties))
    return text.note("\n".join(asked))


def _asked(properties: tuple[Property, ...]) -> list[str]:
    """Names and values; a name that begins with an underscore is an app's own business."""
    return [
        f"{name}: {value}"
        for each in properties
        if (name := text.line(each.name)) and not name.startswith("_")
        if isinstance(each.value, str | int) and (value := text.line(str(each.value)))
    ]


def _risk(order: ShopifyOrder) -> ChannelRisk:
    """The worst of Shopify's recommendations, where an app adds them, and of the tags that its flows set."""
    said = {(risk.recommendation or "").lower() for risk in order.risks}
    tags = (order.tags or "").lower()
    if "cancel" in said or any(word in tags for word in _HIGH_RISK):
        return ChannelRisk.HIGH
    return ChannelRisk.REVIEW if "investigate" in said else ChannelRisk.NONE
