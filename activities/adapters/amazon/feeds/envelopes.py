"""The XML documents of order feeds: `OrderAcknowledgement` and `OrderAdjustment` in an `AmazonEnvelope`.

Source: Amazon's schemas amzn-envelope.xsd, OrderAcknowledgement.xsd and OrderAdjustment.xsd (release 1.9), as its help
pages for these feeds describe them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.money import Money

XML = "text/xml; charset=UTF-8"
CANCELLATION = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
ADJUSTMENT = "POST_PAYMENT_ADJUSTMENT_DATA"
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation"


@dataclass(frozen=True)
class Adjusted:
    """What is given back of one item."""

    item_id: str
    parts: Sequence[tuple[str, Money]]
    """Amounts by what they were paid for: ``Principal``, ``Tax``, ``Shipping``."""
    quantity: int | None = None
    """How many of it came back; none: it is for no pieces in particular."""


def cancelled(seller_id: str, order_id: str, items: Sequence[str], reason: str) -> str:
    """These items will not be sent."""
    message = ET.Element("OrderAcknowledgement")
    _text(message, "AmazonOrderID", order_id)
    _text(message, "StatusCode", "Failure")
    for item in items:
        row = ET.SubElement(message, "Item")
        _text(row, "AmazonOrderItemCode", item)
        _text(row, "CancelReason", reason)
    return _envelope(seller_id, message)


def adjusted(seller_id: str, order_id: str, items: Sequence[Adjusted], reason: str, reference: str) -> str:
    """So much is given back of these items.

    Args:
        seller_id: the account.
        order_id: Amazon's.
        items: what is given back.
        reason: Amazon's word for it.
        reference: ours, shown in settlement reports; Amazon does not use it.
    """
    message = ET.Element("OrderAdjustment")
    _text(message, "AmazonOrderID", order_id)
    for number, item in enumerate(items, start=1):
        row = ET.SubElement(message, "AdjustedItem")
        _text(row, "AmazonOrderItemCode", item.item_id)
        _text(row, "MerchantAdjustmentItemID", f"{reference}-{number}")
        _text(row, "AdjustmentReason", reason)
        prices = ET.SubElement(row, "ItemPriceAdjustments")
        for kind, amount in item.parts:
            component = ET.SubElement(prices, "Component")
            _text(component, "Type", kind)
            _text(component, "Amount", f"{amount.major:f}").set("currency", amount.currency)
        if item.quantity is not None:
            _text(row, "Quantity", str(item.quantity))
    return _envelope(seller_id, message)


def _envelope(seller_id: str, content: ET.Element) -> str:
    root = ET.Element("AmazonEnvelope", {_SCHEMA: "amzn-envelope.xsd"})
    header = ET.SubElement(root, "Header")
    _text(header, "DocumentVersion", "1.01")
    _text(header, "MerchantIdentifier", seller_id)
    _text(root, "MessageType", content.tag)
    message = ET.SubElement(root, "Message")
    _text(message, "MessageID", "1")
    message.append(content)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode")


def _text(parent: ET.Element, name: str, value: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = value
    return child
