"""What partners have written down about our orders: one document each, in our words, whoever keeps it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import StrictModel, Text
from models.ids import first_key
from models.money import Money
from models.order.document import Moment
from models.partners.events import PartnerEvent


class Party(StrEnum):
    """Who keeps books on our orders; named as their task queues are."""

    ERP = "erp"
    PAYMENT = "payment"
    WMS = "wms"
    CARRIER = "carrier"


class DocumentKind(StrEnum):
    """What sort of document."""

    SALES_ORDER = "sales_order"
    INVOICE = "invoice"
    CREDIT_MEMO = "credit_memo"
    AUTHORISATION = "authorisation"
    CAPTURE = "capture"
    REFUND = "refund"
    DISPUTE = "dispute"
    """A customer's complaint to his bank, in a state of `models.partners.events.DisputeState`."""
    SHIPMENT = "shipment"
    """What left a warehouse."""
    PARCEL = "parcel"
    """What a carrier carries."""


class DocumentState(StrEnum):
    """Whether it still counts, where that may change; parcels have the states of a shipment instead."""

    OPEN = "open"
    CANCELLED = "cancelled"


class PartnerDocument(StrictModel):
    """One thing a partner has written down, as it stands now."""

    party: Party
    kind: DocumentKind
    reference: Annotated[str, Field(min_length=1, max_length=200)]
    """The partner's own number of it."""
    key: Annotated[str, Field(max_length=250)] = ""
    """The idempotency key it was asked for under; empty where nobody asked."""
    order_id: Annotated[str, Field(max_length=200)] = ""
    """The order the partner says it is for; empty: it names none."""
    amount: Money | None = None
    state: Text | None = None
    authorisation: Text | None = None
    """For captures and refunds: of which authorisation."""
    at: Moment
    """When it was written, or last changed."""
    event: PartnerEvent | None = None
    """What the partner would have told the order with it, had its message not been lost."""

    @property
    def first_key(self) -> str:
        """The key before anybody asked again after a refusal."""
        return first_key(self.key)


class DocumentPage(StrictModel):
    """Some of a partner's documents, oldest change first."""

    documents: tuple[PartnerDocument, ...]
    next_cursor: Text | None = None
    """Where to go on; none: that was all."""


class DocumentQuery(StrictModel):
    """What is asked for: documents that changed at or after `since`."""

    since: Moment
    cursor: Text | None = None
