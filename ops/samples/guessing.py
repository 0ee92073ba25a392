"""Which channel a payload comes from, by what only that channel's format has in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.errors import InvalidInput
from models.strict_json import parse

if TYPE_CHECKING:
    from pathlib import Path

CANONICAL = "canonical"
CHANNELS = ("shopify", "woocommerce", "magento", "amazon")
FORMATS = (CANONICAL, *CHANNELS)
_MARKS: dict[str, tuple[frozenset[str], ...]] = {
    CANONICAL: (frozenset({"channel", "external_id", "lines"}),),
    "amazon": (
        frozenset({"AmazonOrderId"}),
        frozenset({"Order", "OrderItems"}),
        frozenset({"orderId", "salesChannel"}),
        frozenset({"purchaseOrderNumber", "orderDetails"}),
    ),
    "magento": (frozenset({"increment_id"}), frozenset({"base_grand_total"}), frozenset({"base_currency_code"})),
    "shopify": (frozenset({"admin_graphql_api_id"}), frozenset({"line_items", "financial_status"})),
    "woocommerce": (frozenset({"line_items", "order_key"}), frozenset({"line_items", "payment_method", "billing"})),
}
_WRAPPERS = ("payload", "data", "order", "orders", "Orders", "items")


def guess(body: bytes) -> str | None:
    """Name the format of a payload by its content; None where nothing gives it away."""
    try:
        document = parse(body)
    except InvalidInput:
        return None
    return _recognised(document)


def guess_by_folder(path: Path) -> str | None:
    """Name the format by the folder a file lies in; None where no folder has a format's name."""
    return next((part for part in reversed(path.resolve().parts[:-1]) if part in FORMATS), None)


def _recognised(document: Any) -> str | None:  # noqa: ANN401 - any JSON
    if isinstance(document, list):
        return _recognised(document[0]) if document else None
    if not isinstance(document, dict):
        return None
    for name, marks in _MARKS.items():
        if any(mark <= document.keys() for mark in marks):
            return name
    inner = (document[key] for key in _WRAPPERS if key in document)
    return next((found for found in map(_recognised, inner) if found), None)
