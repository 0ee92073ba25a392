"""Orders as our books have them, and documents as partners have them; small enough to see at a glance what differs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from models.ids import effect_key
from models.money import Money
from models.order.order import Order
from models.order.snapshot import Headline, LineProgress, MoneyProgress, OrderSnapshot, ShipmentProgress
from models.partners.events import ParcelMoved, ParcelShipped, PickedLine
from models.reconciling.documents import DocumentKind, PartnerDocument, Party
from models.states.fulfilment import FulfilmentState, ShipmentState
from models.states.lifecycle import Lifecycle
from models.states.payment import PaymentState

LONG_AGO = datetime.now(UTC) - timedelta(hours=6)
ORDER = "order:shopify:0001"
PARCEL = "SB1"


def euro(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


def a_snapshot(  # noqa: PLR0913 - each is one thing a picture may need
    order: Order | None = None,
    *,
    order_id: str = ORDER,
    lifecycle: Lifecycle = Lifecycle.COMPLETED,
    captured: int = 2870,
    invoiced: int = 2870,
    parcel: ShipmentState | None = ShipmentState.DELIVERED,
    references: dict[str, str] | None = None,
    at: datetime = LONG_AGO,
    version: int = 1,
    **money: Any,
) -> OrderSnapshot:
    """An order of two mugs, 28.70 EUR in all, that is done: shipped as P-1, captured, invoiced."""
    shipment = (
        ShipmentProgress(
            shipment_id="P-1", node="berlin", carrier="sandbox", tracking_number=PARCEL, state=parcel, value=euro(2870)
        )
        if parcel
        else None
    )
    known = {"erp_order": "SO-1", "authorisation": "AUTH-1"} | ({"invoice P-1": "INV-1"} if invoiced else {})
    return OrderSnapshot(
        order_id=order.id if order else order_id,
        version=version,
        at=at,
        lifecycle=lifecycle,
        headline=Headline(lifecycle.value),
        fulfilment=FulfilmentState.SHIPPED if shipment else FulfilmentState.RELEASED,
        money=MoneyProgress(
            state=PaymentState.CAPTURED if captured else PaymentState.AUTHORISED,
            authorised=euro(2870),
            captured=euro(captured),
            refunded=euro(0),
            invoiced=euro(invoiced),
            held_by_channel=euro(0),
            **money,
        ),
        lines=(
            LineProgress(
                line_id="1", sku="MUG", ordered=2, shipped=2 if shipment else 0, invoiced=2 if invoiced else 0
            ),
        ),
        shipments=(shipment,) if shipment else (),
        references=known if references is None else references,
    )


def a_document(kind: DocumentKind, reference: str, amount: int | None = None, **about: Any) -> PartnerDocument:
    """What a partner has written down about the order."""
    party = {
        DocumentKind.SALES_ORDER: Party.ERP,
        DocumentKind.INVOICE: Party.ERP,
        DocumentKind.CREDIT_MEMO: Party.ERP,
        DocumentKind.SHIPMENT: Party.WMS,
        DocumentKind.PARCEL: Party.CARRIER,
    }.get(kind, Party.PAYMENT)
    said = {
        "party": party,
        "kind": kind,
        "reference": reference,
        "order_id": ORDER,
        "amount": None if amount is None else euro(amount),
        "at": LONG_AGO,
    }
    return PartnerDocument(**said | about)


SALES_ORDER = a_document(DocumentKind.SALES_ORDER, "SO-1", 2870, key=effect_key(ORDER, "erp-order"), state="open")
INVOICE = a_document(DocumentKind.INVOICE, "INV-1", 2870, key=effect_key(ORDER, "invoice", "P-1"))
AUTHORISATION = a_document(
    DocumentKind.AUTHORISATION, "AUTH-1", 2870, key=effect_key(ORDER, "authorisation"), state="open"
)
CAPTURE = a_document(
    DocumentKind.CAPTURE, "CAP-1", 2870, key=effect_key(ORDER, "capture", "P-1"), authorisation="AUTH-1"
)
MONEY = (SALES_ORDER, INVOICE, AUTHORISATION, CAPTURE)
"""All there ought to be of the order's money."""

SHIPPED = ParcelShipped(
    event_id="evt-shipped",
    order_id=ORDER,
    occurred_at=LONG_AGO,
    release_key=effect_key(ORDER, "release", "berlin"),
    shipment_id="P-1",
    node="berlin",
    carrier="sandbox",
    tracking_number=PARCEL,
    lines=(PickedLine(line_id="1", sku="MUG", quantity=2),),
)
DELIVERED = ParcelMoved(
    event_id="evt-delivered",
    order_id=ORDER,
    occurred_at=LONG_AGO,
    tracking_number=PARCEL,
    state=ShipmentState.DELIVERED,
)
SHIPMENT = a_document(DocumentKind.SHIPMENT, "P-1", key=SHIPPED.release_key, event=SHIPPED)
CARRIED = a_document(
    DocumentKind.PARCEL, PARCEL, key=f"{SHIPPED.release_key}/label", state="delivered", event=DELIVERED
)
GOODS = (SHIPMENT, CARRIED)
"""All there ought to be of its goods."""
