"""Adobe Commerce (Magento 2) orders as its REST API gives them, and Magento 1's `sales_order.info`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from activities.adapters.channel_payload import of_channel
from activities.adapters.magento.mapping import CHANNEL, document
from activities.adapters.storefront.envelope import Found, in_list, kind, read_each, refuse, what_else
from models.errors import InvalidInput
from models.strict_json import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from activities.records.orders import Reading

_ORDER = {"increment_id", "grand_total", "order_currency_code", "base_grand_total"}
_OTHERS = (
    kind("GraphQL answer", "data"),
    kind("cart's totals", "totals"),
    kind("cart's totals", "grand_total", "quote_currency_code"),
    kind("checkout's payment details", "paymentMethod"),
    kind("shipment", "order_id", "tracks"),
    kind("shipment", "order_id", "packages"),
    kind("shipment", "order_id", "total_qty", "shipment_status"),
    kind("credit memo", "order_id", "creditmemo_status"),
    kind("credit memo", "order_id", "adjustment"),
    kind("invoice", "order_id", "can_void_flag"),
    kind("invoice", "order_id", "total_qty", "grand_total"),
    kind("company credit operation", "company_credit_id"),
    kind("company credit", "company_id", "credit_limit"),
    kind("company credit", "company_id", "available_limit"),
    kind("company", "company_name", "super_user_id"),
    kind("cart (a quote, not yet ordered)", "items_count"),
    kind("cart (a quote, not yet ordered)", "is_active", "items_qty"),
    kind("cart item", "quote_id", "sku"),
    kind("product", "sku", "attribute_set_id"),
    kind("product", "sku", "type_id"),
    kind("stock item", "qty", "is_in_stock"),
    kind("customer", "group_id", "email"),
    kind("customer's address", "postcode", "country_id"),
    kind("payment transaction", "txn_id"),
    kind("error message", "message"),
)
_WHAT_M1 = {"sales_order.info"}


class MagentoOrders:
    """Reads orders: one, a search result's `items`, a list, or a recorded Magento 1 answer."""

    format = "magento/orders"

    def __init__(self, channel: str = CHANNEL) -> None:
        """Read orders of the shop that is connected under this name."""
        self._channel = channel

    def read(self, body: bytes) -> list[Reading]:
        """Read a payload.

        Raises:
            InvalidInput: not JSON, or no order in it; says what it is instead.
        """
        return of_channel(read_each(_found(parse(body)), _no_order, document), self._channel)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:  # noqa: ARG002 - Magento signs nothing
        """Adobe Commerce does not sign what it sends: the caller's API key is what vouches for it."""
        return True


def _found(value: Any) -> list[Found]:  # noqa: ANN401 - any JSON may come
    if isinstance(value, list):
        return in_list(value)
    if not isinstance(value, dict):
        refuse("Magento", "text or number" if value is not None else "null")
    if "method" in value and "result" in value:
        if value["method"] not in _WHAT_M1:
            raise InvalidInput.at("", "not_an_order", f"this is the answer to {value['method']}, not an order")
        return [Found(value["result"], value, "/result")]
    if isinstance(value.get("entity"), dict):
        return [Found(value["entity"], value, "/entity")]
    if isinstance(value.get("items"), list) and {"search_criteria", "total_count"} & value.keys():
        return in_list(value["items"], value, "/items")
    return [Found(value, value, "")]


def _no_order(value: object) -> str | None:
    if not isinstance(value, dict):
        return "this is no Magento object"
    if "payment" in value and "status" in value and "items" in value:
        return None
    rows = value.get("items")
    name = what_else(value, _OTHERS)
    if (
        name is None
        and isinstance(rows, list)
        and any(isinstance(row, dict) and "order_item_id" in row for row in rows)
    ):
        name = "document about an order"
    if name is not None:
        return f"this is a Magento {name}, not an order"
    return None if _ORDER & value.keys() else "this has none of the fields of a Magento order"
