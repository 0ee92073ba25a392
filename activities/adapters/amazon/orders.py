"""Amazon's order documents, by their shape: which one it is, where the orders are in it, and what is none.

A recorded exchange (``{"request": ..., "response": ...}``) is read by its response.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from activities.adapters.amazon import v0, v2026, vendor
from activities.adapters.amazon.composite import Composite
from activities.adapters.channel_payload import of_channel, one_order
from activities.adapters.storefront.envelope import Found, in_list, kind, read_each, refuse, what_else
from models.strict_json import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from activities.records.orders import Reading
    from models.order.document import OrderDocument

_OTHERS = (
    kind("error message", "errors"),
    kind("notification", "NotificationType"),
    kind("notification", "notificationType"),
    kind("purchase order's status", "ordersStatus"),
    kind("purchase order's status", "purchaseOrderStatus"),
    kind("acknowledgement of a purchase order", "acknowledgements"),
    kind("receipt of a submission", "transactionId"),
    kind("fulfilment order of another shop", "fulfillmentOrder"),
    kind("list of fulfilment orders of other shops", "fulfillmentOrders"),
    kind("fulfilment preview", "fulfillmentPreviews"),
    kind("return", "returnItems"),
    kind("return", "returnType"),
    kind("list of returns", "returns"),
    kind("list of return reasons", "reasonCodeDetails"),
    kind("parcel's tracking", "packageNumber", "trackingNumber"),
    kind("parcel's tracking", "trackingId"),
    kind("shipment", "ShipmentId"),
    kind("shipment", "shipmentId"),
    kind("shipment", "charges", "marketplaceAttributes"),
    kind("list of shipments", "shipments"),
    kind("list of shipping services", "ShippingServiceList"),
    kind("list of shipping rates", "rates"),
    kind("list of shipping options", "shippingOptions"),
    kind("list of seller inputs", "ShipmentLevelFields"),
    kind("shipping label", "packageShipLabelList"),
    kind("generated document", "document"),
    kind("delivery offer", "deliveryOffers"),
    kind("list of features", "features"),
    kind("feature's inventory", "featureSkus"),
    kind("feature's article", "featureName"),
    kind("feed", "feedId"),
    kind("list of feeds", "feeds"),
    kind("listing", "summaries"),
    kind("page of results without orders", "nextToken"),
)


class AmazonOrders:
    """Reads orders of Orders API v0 (with their items) and 2026-01-01, and vendors' purchase orders."""

    format = "amazon/orders"

    def __init__(self, channel: str = v2026.CHANNEL) -> None:
        """Read orders of the account that is connected under this name."""
        self._channel = channel

    def read(self, body: bytes) -> list[Reading]:
        """Read a payload.

        Raises:
            models.errors.InvalidInput: not JSON, or no order in it; says what it is instead.
        """
        value = parse(body)
        whole, inner, at = value, value, ""
        if isinstance(value, dict) and "response" in value and "request" in value:
            inner, at = value["response"], "/response"
        if isinstance(inner, dict) and "payload" in inner and "notificationType" not in inner:
            inner, at = inner["payload"], f"{at}/payload"
        if isinstance(inner, dict) and "Order" in inner:
            return of_channel([one_order(whole, Composite.of(inner, at).document)], self._channel)
        return of_channel(read_each(_found(whole, inner, at), _no_order, _document), self._channel)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:  # noqa: ARG002 - Amazon signs nothing
        """Amazon is asked for orders, and signs none: the caller's API key is what vouches for them."""
        return True


def _found(whole: Any, inner: Any, at: str) -> list[Found]:  # noqa: ANN401 - any JSON may come
    if isinstance(inner, list):
        return in_list(inner, whole if isinstance(whole, dict) else None, at)
    if not isinstance(inner, dict):
        refuse("Amazon", "text or number" if inner is not None else "null")
    for name in ("orders", "Orders"):
        if isinstance(inner.get(name), list):
            return in_list(inner[name], whole, f"{at}/{name}")
    if isinstance(inner.get("order"), dict):
        return [Found(inner["order"], whole, f"{at}/order")]
    return [Found(inner, whole, at)]


def _is_v0(value: dict[str, Any]) -> bool:
    return "AmazonOrderId" in value and ("OrderStatus" in value or "PurchaseDate" in value)


def _is_v2026(value: dict[str, Any]) -> bool:
    return "orderId" in value and bool({"orderItems", "createdTime", "salesChannel"} & value.keys())


def _no_order(value: object) -> str | None:
    if not isinstance(value, dict):
        return "this is no Amazon object"
    if _is_v0(value) or _is_v2026(value):
        return None
    if "AmazonOrderId" in value or "OrderItemId" in value:
        return _part_of_order(value)
    name = what_else(value, _OTHERS)
    if name is None and "purchaseOrderNumber" in value:
        return None
    if not value:
        return "the answer is empty: there is no order in it"
    return f"this is an Amazon {name}, not an order" if name else "this has none of the fields of an Amazon order"


def _part_of_order(value: dict[str, Any]) -> str:
    if "ShippingAddress" in value:
        return "this is the address of an Amazon order, not the order"
    if "BuyerEmail" in value or "BuyerName" in value:
        return "this is the buyer of an Amazon order, not the order"
    if "ShipmentId" in value:
        return "this is an Amazon shipment, not an order"
    return (
        'these are the items of an Amazon order without the order: send both, as {"Order": {...}, "OrderItems": [...]}'
    )


def _document(value: dict[str, Any], at: str) -> OrderDocument:
    if _is_v0(value):
        return v0.document(value, at)
    if _is_v2026(value):
        return v2026.document(value, at)
    details = value.get("orderDetails")
    if isinstance(details, dict) and "shipmentDetails" in details:
        return vendor.direct_document(value, at)
    return vendor.bulk_document(value, at)
