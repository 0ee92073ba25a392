"""Amazon's feeds: documents, feeds made of them, and what becomes of them in their own time."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from tests.contracts.serving import Asked, Reply

if TYPE_CHECKING:
    from tests.contracts.fake_amazon import FakeAmazon

_ADJUSTED = ["AmazonOrderItemCode", "MerchantAdjustmentItemID", "AdjustmentReason", "ItemPriceAdjustments", "Quantity"]
_COMPONENTS = {"Principal", "Shipping", "Tax", "ShippingTax", "GiftWrap", "GiftWrapTax", "ExportCharge"}
_REASONS = {"GeneralAdjustment", "CustomerReturn", "CouldNotShip", "NoInventory", "DifferentItem", "Exchange"}


@dataclass
class FeedDesk:
    """The desk where feeds are handed in."""

    account: FakeAmazon
    delay: int = 0
    """How often a feed is asked after before it is through."""
    status: str = "DONE"
    """How it ends."""
    documents: dict[str, bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    feeds: dict[str, dict[str, Any]] = field(default_factory=dict)
    waits: dict[str, int] = field(default_factory=dict)
    refunds: list[tuple[str, Decimal, str]] = field(default_factory=list)
    """Order, amount and currency of all that Amazon has given back."""

    def dispatch(self, method: str, steps: list[str], named: dict[str, list[str]], body: Any) -> tuple[int, object]:
        """Answer a request."""
        match method, steps:
            case "POST", ["documents"]:
                identity = f"amzn1.tortuga.{len(self.types) + 1}"
                self.types[identity] = body["contentType"]
                return 201, {"feedDocumentId": identity, "url": f"{self.account.origin}/files/{identity}"}
            case "POST", ["feeds"]:
                return 202, {"feedId": self._made(body)}
            case "GET", ["feeds"]:
                return 200, {"feeds": self._listed(named)}
            case "GET", ["feeds", number]:
                return 200, self._asked_after(number)
        packed = {"compressionAlgorithm": "GZIP"}
        return 200, {"feedDocumentId": steps[1], "url": f"{self.account.origin}/files/{steps[1]}", **packed}

    def file(self, method: str, name: str, asked: Asked) -> Reply:
        """Put or get a document."""
        if method == "PUT":
            if asked.headers.get("content-type") != self.types[name]:
                return Reply(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
            self.documents[name] = asked.body
            return Reply(200)
        return Reply(200, self.documents[name])

    def _made(self, body: dict[str, Any]) -> str:
        assert body["inputFeedDocumentId"] in self.documents, "made of a document that was not put there"
        number = str(50_000 + len(self.feeds))
        self.feeds[number] = {
            "feedId": number,
            "feedType": body["feedType"],
            "marketplaceIds": body["marketplaceIds"],
            "createdTime": self.account.moment(),
            "processingStatus": "IN_QUEUE",
        }
        self.waits[number] = self.delay
        self.documents[f"in-{number}"] = self.documents[body["inputFeedDocumentId"]]
        if not self.delay:
            self._through(number)
        return number

    def _listed(self, named: dict[str, list[str]]) -> list[dict[str, Any]]:
        [kind] = named["feedTypes"]
        return [feed for feed in self.feeds.values() if feed["feedType"] == kind]

    def _asked_after(self, number: str) -> dict[str, Any]:
        if self.feeds[number]["processingStatus"] == "IN_QUEUE":
            self.waits[number] -= 1
            if self.waits[number] <= 0:
                self._through(number)
        return self.feeds[number]

    def _through(self, number: str) -> None:
        feed = self.feeds[number]
        feed["processingStatus"] = self.status
        if self.status == "DONE":
            report = self._carried_out(feed["feedType"], self.documents[f"in-{number}"])
            self.documents[f"out-{number}"] = gzip.compress(report.encode())
            feed["resultFeedDocumentId"] = f"out-{number}"

    def _carried_out(self, kind: str, document: bytes) -> str:
        if kind == "JSON_LISTINGS_FEED":
            return self._listings(json.loads(document))
        root = ET.fromstring(document)  # noqa: S314 - our own adapter wrote it
        assert [child.tag for child in root] == ["Header", "MessageType", "Message"]
        content = root[2][1]
        assert (root.findtext("MessageType"), root[2].findtext("MessageID")) == (content.tag, "1")
        error = self._cancelled(content) if kind == "POST_ORDER_ACKNOWLEDGEMENT_DATA" else self._adjusted(content)
        return _report(error)

    def _cancelled(self, content: ET.Element) -> str | None:
        order = self.account.orders[content.findtext("AmazonOrderID", "")]
        items = {item["orderItemId"]: item for item in order["orderItems"]}
        for row in content.findall("Item"):
            assert [child.tag for child in row] == ["AmazonOrderItemCode", "CancelReason"]
            item = items[row.findtext("AmazonOrderItemCode", "")]
            if item["fulfillment"]["quantityFulfilled"]:
                return "The item has been shipped."
            self.cancel(item, row.findtext("CancelReason", ""))
        if all("cancellation" in item for item in items.values()):
            order["fulfillment"]["fulfillmentStatus"] = "CANCELLED"
        order["lastUpdatedTime"] = self.account.moment()
        return None

    @staticmethod
    def cancel(item: dict[str, Any], reason: str) -> None:
        """Cancel an item, whole."""
        item["fulfillment"] = {"quantityFulfilled": 0, "quantityUnfulfilled": 0}
        item["cancellation"] = {"cancellationExecution": {"cancelledBy": "MERCHANT", "cancelReason": reason}}

    def _adjusted(self, content: ET.Element) -> str | None:
        order = self.account.orders[content.findtext("AmazonOrderID", "")]
        whole = Decimal(0)
        for row in content.findall("AdjustedItem"):
            tags = [child.tag for child in row]
            assert tags == [tag for tag in _ADJUSTED if tag in tags]
            assert row.findtext("AdjustmentReason") in _REASONS
            for component in row.findall("ItemPriceAdjustments/Component"):
                assert component.findtext("Type") in _COMPONENTS
                whole += Decimal(component.findtext("Amount", ""))
        total = order["proceeds"]["grandTotal"]
        back = sum((amount for one, amount, _ in self.refunds if one == order["orderId"]), Decimal(0))
        if whole + back > Decimal(total["amount"]):
            return "The refund is more than the buyer has paid."
        self.refunds.append((order["orderId"], whole, total["currencyCode"]))
        return None

    def _listings(self, document: dict[str, Any]) -> str:
        issues = []
        for message in document["messages"]:
            if message["sku"] in self.account.articles:
                self.account.set_stock(message["sku"], message["patches"])
            else:
                issue = {"code": "8541", "severity": "ERROR", "message": "There is no such listing."}
                issues.append({"messageId": message["messageId"], **issue})
        summary = {
            "errors": len(issues),
            "messagesProcessed": len(document["messages"]),
            "messagesInvalid": len(issues),
        }
        return json.dumps({"header": document["header"], "issues": issues, "summary": summary})


def _report(error: str | None) -> str:
    wrong = int(error is not None)
    result = (
        f"<Result><MessageID>1</MessageID><ResultCode>Error</ResultCode><ResultMessageCode>18028</ResultMessageCode>"
        f"<ResultDescription>{error}</ResultDescription></Result>"
        if wrong
        else ""
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><AmazonEnvelope><Header><DocumentVersion>1.02</DocumentVersion></Header>'
        "<MessageType>ProcessingReport</MessageType><Message><MessageID>1</MessageID><ProcessingReport>"
        "<DocumentTransactionID>1</DocumentTransactionID><StatusCode>Complete</StatusCode><ProcessingSummary>"
        f"<MessagesProcessed>1</MessagesProcessed><MessagesSuccessful>{1 - wrong}</MessagesSuccessful>"
        f"<MessagesWithError>{wrong}</MessagesWithError></ProcessingSummary>{result}</ProcessingReport></Message>"
        "</AmazonEnvelope>"
    )
