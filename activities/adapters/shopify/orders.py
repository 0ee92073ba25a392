"""Shopify's orders: what is one, what is not, and whether Shopify sent it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from activities.adapters.shopify.mapping import CHANNEL, document
from activities.adapters.storefront.envelope import Found, in_list, kind, read_each, refuse, what_else
from activities.adapters.storefront.signature import signed
from models.strict_json import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from activities.records.orders import Reading

_SHOP = "Shopify"
_HMAC = "x-shopify-hmac-sha256"

# What webhooks deliver bare, by fields that an order does not have; the more telling first.
_OTHERS = (
    kind("refund", "refund_line_items"),
    kind("draft order", "invoice_url"),
    kind("abandoned checkout", "abandoned_checkout_url"),
    kind("fulfillment order", "assigned_location_id"),
    kind("fulfillment event", "fulfillment_id", "happened_at"),
    kind("fulfillment", "order_id", "tracking_numbers"),
    kind("fulfillment", "order_id", "tracking_company"),
    kind("tender transaction", "remote_reference", "payment_method"),
    kind("transaction", "order_id", "gateway", "kind"),
    kind("order risk", "recommendation", "order_id"),
    kind("gift card", "initial_value", "balance"),
    kind("inventory level", "inventory_item_id", "available"),
    kind("inventory item", "country_code_of_origin", "tracked"),
    kind("product", "variants"),
    kind("product variant", "product_id", "inventory_policy"),
    kind("customer", "addresses"),
    kind("customer", "verified_email"),
    kind("webhook", "topic", "address"),
    kind("shop", "myshopify_domain"),
    kind("privacy request", "shop_domain", "shop_id"),
    kind("dispute", "evidence_due_by"),
    kind("collection", "sort_order", "handle"),
    kind("cart", "token", "note", "line_items", "original_total_price"),
)
_ORDER_ENVELOPES = {"order", "orders"}
_COUNTS_AS_ORDER = frozenset({"line_items", "total_price", "financial_status", "order_number", "currency", "name"})
_ENOUGH = 2


class ShopifyOrders:
    """Reads orders as Shopify's Admin REST API and its order webhooks send them."""

    format = "shopify/orders"

    def __init__(self, secret: str = "", channel: str = CHANNEL) -> None:
        """Take the app's client secret, empty where signatures are not checked, and what we call the shop."""
        self._secret = secret
        self._document = partial(document, channel=channel)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Check ``X-Shopify-Hmac-Sha256`` over the raw body."""
        return signed(body, self._secret, headers.get(_HMAC))

    def read(self, body: bytes) -> list[Reading]:
        """Read a bare order, ``{"order": ...}``, ``{"orders": [...]}`` or a list.

        Raises:
            models.errors.InvalidInput: there is no order in it; says what it is instead.
        """
        return read_each(_found(parse(body)), _not_an_order, self._document)


def _found(payload: Any) -> list[Found]:  # noqa: ANN401 - JSON has no narrower type
    if isinstance(payload, list):
        return in_list(payload)
    if not isinstance(payload, dict):
        refuse(_SHOP, "bare value")
    if isinstance(payload.get("orders"), list):
        return in_list(payload["orders"], payload, "/orders")
    if isinstance(payload.get("order"), dict):
        return [Found(payload["order"], payload, "/order")]
    if len(payload) == 1:
        name, inside = next(iter(payload.items()))
        if isinstance(inside, dict | list) and name not in _ORDER_ENVELOPES:
            refuse(_SHOP, _called(name, inside))
    return [Found(payload, payload, "")]


def _called(name: str, inside: object) -> str:
    if name == "data":
        return "GraphQL answer"
    if name in {"errors", "error"}:
        return "error message"
    plain = name.replace("_", " ")
    return f"list of {plain}" if isinstance(inside, list) else plain


def _not_an_order(value: object) -> str | None:
    if not isinstance(value, dict):
        return "this is no Shopify order: an order is an object"
    other = what_else(value, _OTHERS)
    if other is not None:
        return f"this is a Shopify {other}, not an order"
    if value.keys() == {"id"}:
        return "this is Shopify's notice that an order was deleted, not an order"
    if len(_COUNTS_AS_ORDER & value.keys()) < _ENOUGH:
        return "this is no Shopify order: it has none of an order's fields"
    return None
