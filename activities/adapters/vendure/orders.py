"""Vendure's orders: what is one, and what is not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from activities.adapters.storefront.envelope import Found, in_list, kind, read_each, refuse, what_else
from activities.adapters.vendure.mapping import document
from models.errors import InvalidInput
from models.strict_json import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from activities.records.orders import Reading

_SHOP = "Vendure"
_USUAL_PRECISION = 2
_PRECISIONS = range(7)

# By fields that an order does not have; the more telling first.
_OTHERS = (
    kind("fulfilment", "trackingCode", "lines"),
    kind("payment", "method", "amount", "state"),
    kind("refund", "paymentId", "total"),
    kind("customer", "emailAddress"),
    kind("product variant", "sku", "stockLevels"),
    kind("product", "variants"),
)
_COUNTS_AS_ORDER = frozenset({"code", "state", "lines", "currencyCode", "totalWithTax", "orderPlacedAt"})
_ENOUGH = 3


class VendureOrders:
    """Reads orders as Vendure's Admin API answers them, to `activities.adapters.vendure.shop.questions.ORDERS`.

    Vendure has no webhooks of its own: what a plugin of a shop sends is read if it has the same form.
    """

    format = "vendure/order"

    def __init__(self, channel: str = "vendure") -> None:
        """Read orders of the shop that is connected under this name."""
        self._channel = channel

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Nothing is signed: who may hand in orders is told by his API key."""
        del body, headers
        return True

    def read(self, body: bytes) -> list[Reading]:
        """Read a bare order, an answer with one order or several, or a list of orders.

        Raises:
            models.errors.InvalidInput: there is no order in it; says what it is instead.
        """
        payload = parse(body)
        mapping = partial(document, channel=self._channel, precision=_precision(payload))
        return read_each(_found(payload), _not_an_order, mapping)


def _found(payload: Any) -> list[Found]:  # noqa: ANN401 - JSON has no narrower type
    if isinstance(payload, list):
        return in_list(payload)
    if not isinstance(payload, dict):
        refuse(_SHOP, "bare value")
    answer = payload.get("data", payload)
    if not isinstance(answer, dict):
        refuse(_SHOP, "error message")
    orders, at = answer.get("orders"), "/data" if "data" in payload else ""
    if isinstance(orders, dict) and isinstance(orders.get("items"), list):
        return in_list(orders["items"], payload, f"{at}/orders/items")
    if isinstance(answer.get("order"), dict):
        return [Found(answer["order"], payload, f"{at}/order")]
    return [Found(answer, payload, at)]


def _precision(payload: Any) -> int:  # noqa: ANN401 - JSON has no narrower type
    """How many decimals the shop keeps, as its settings say beside the order; two where they are not there.

    Raises:
        InvalidInput: it is no number of decimals.
    """
    given = payload.get("data", payload) if isinstance(payload, dict) else None
    for name in ("globalSettings", "serverConfig", "moneyStrategyPrecision"):
        given = given.get(name) if isinstance(given, dict) else None
    if given is None:
        return _USUAL_PRECISION
    if type(given) is not int or given not in _PRECISIONS:
        at = "/data/globalSettings/serverConfig/moneyStrategyPrecision"
        raise InvalidInput.at(at, "precision", f"{given!r} is no number of decimals that money has")
    return given


def _not_an_order(value: object) -> str | None:
    if not isinstance(value, dict):
        return "this is no Vendure order: an order is an object"
    if len(_COUNTS_AS_ORDER & value.keys()) >= _ENOUGH:
        return None
    other = what_else(value, _OTHERS)
    if other is not None:
        return f"this is a Vendure {other}, not an order"
    return "this is no Vendure order: it has none of an order's fields"
