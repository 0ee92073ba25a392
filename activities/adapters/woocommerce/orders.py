"""WooCommerce's orders: what is one, what is not, and whether the shop sent it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from activities.adapters.storefront.envelope import Found, in_list, kind, read_each, refuse, what_else
from activities.adapters.storefront.signature import signed
from activities.adapters.woocommerce.mapping import CHANNEL, document
from activities.adapters.woocommerce.states import plain
from models.strict_json import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from activities.records.orders import Reading

_SHOP = "WooCommerce"
_SIGNATURE = "x-wc-webhook-signature"
_PING = b"webhook_id="

# By fields that an order does not have; the more telling first.
_OTHERS = (
    kind("refund", "refunded_by"),
    kind("refund", "refunded_payment"),
    kind("webhook", "delivery_url"),
    kind("subscription", "billing_period", "line_items"),
    kind("coupon", "discount_type", "usage_count"),
    kind("coupon", "discount_type", "code"),
    kind("product", "catalog_visibility"),
    kind("product", "regular_price"),
    kind("customer", "is_paying_customer"),
    kind("customer", "avatar_url"),
    kind("shipment tracking", "tracking_number"),
    kind("shipping label purchase", "labels", "success"),
    kind("shipping label refund", "refund", "success"),
    kind("list of shipping rates", "rates", "success"),
    kind("order note", "added_by_user"),
    kind("order note", "note", "author"),
    kind("tax rate", "rate", "compound"),
    kind("error message", "code", "message"),
)
_COUNTS_AS_ORDER = frozenset({"line_items", "order_key", "status", "currency", "billing", "payment_method", "total"})
_ENOUGH = 3


class WooCommerceOrders:
    """Reads orders as WooCommerce's REST API v3 and its order webhooks send them."""

    format = "woocommerce/orders-v3"

    def __init__(self, secret: str = "", channel: str = CHANNEL, placed: Iterable[str] = ()) -> None:
        """Read one shop's.

        Args:
            secret: the webhook's, empty where signatures are not checked.
            channel: what we call the shop.
            placed: the statuses of orders that were placed, where plugins add some of their own.
        """
        self._secret = secret
        self._document = partial(document, channel=channel, placed=frozenset(map(plain, placed)))

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Check ``X-WC-Webhook-Signature`` over the raw body."""
        return signed(body, self._secret, headers.get(_SIGNATURE))

    def read(self, body: bytes) -> list[Reading]:
        """Read a bare order, ``{"data": ...}`` with one or several, or a list.

        Raises:
            models.errors.InvalidInput: there is no order in it; says what it is instead.
        """
        if body.startswith(_PING):
            refuse(_SHOP, "webhook test")
        return read_each(_found(parse(body)), _not_an_order, self._document)


def _found(payload: Any) -> list[Found]:  # noqa: ANN401 - JSON has no narrower type
    if isinstance(payload, list):
        return in_list(payload)
    if not isinstance(payload, dict):
        refuse(_SHOP, "bare value")
    other = what_else(payload, _OTHERS)
    if other is not None:
        refuse(_SHOP, other)
    inside = payload.get("data")
    if isinstance(inside, list):
        return in_list(inside, payload, "/data")
    if isinstance(inside, dict):
        return [Found(inside, payload, "/data")]
    batch = [each for name in ("create", "update", "delete") for each in payload.get(name) or () if name in payload]
    if batch and "line_items" not in payload:
        inner = next((what_else(each, _OTHERS) for each in batch if isinstance(each, dict)), None)
        refuse(_SHOP, f"batch of {inner or 'change'}s")
    return [Found(payload, payload, "")]


def _not_an_order(value: object) -> str | None:
    if not isinstance(value, dict):
        return "this is no WooCommerce order: an order is an object"
    other = what_else(value, _OTHERS)
    if other is not None:
        return f"this is a WooCommerce {other}, not an order"
    if value.keys() == {"id"}:
        return "this is WooCommerce's notice that an order was deleted, not an order"
    if len(_COUNTS_AS_ORDER & value.keys()) < _ENOUGH:
        return "this is no WooCommerce order: it has none of an order's fields"
    return None
