"""Orders to tell stories about: `an_order(mug=2)` is two mugs, paid by card on shipment, to Berlin."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from models.money import Money
from models.order.document import FulfilmentRequest, Line, OrderDocument, ServiceLevel
from models.order.order import Order, Provenance
from models.order.parties import Address, Customer
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind
from models.order.pricing import ShippingCharge, Tax

_NUMBERS = count(1)
PRICES = {"MUG": 1000, "LAMP": 4999, "KIT": 2500, "SET": 6500, "WARRANTY": 900}


def euro(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


def an_order(  # noqa: PLR0913 - each is one thing a story may need
    *,
    terms: PaymentTerms = PaymentTerms.CAPTURE_ON_SHIPMENT,
    channel: str = "shopify",
    customer_id: str | None = "C-1",
    service: ServiceLevel = ServiceLevel.STANDARD,
    shipping: int = 490,
    gift_card: int = 0,
    changes: dict[str, Any] | None = None,
    **quantities: int,
) -> Order:
    lines = []
    for position, (name, quantity) in enumerate((quantities or {"mug": 2}).items(), start=1):
        sku = name.upper()
        net = PRICES[sku] * quantity
        tax = Tax(name="VAT", amount=euro(net * 19 // 100))
        lines.append(
            Line(
                id=str(position),
                sku=sku,
                quantity=quantity,
                subtotal=euro(net),
                taxes=(tax,),
                total=euro(net) + tax.amount,
                needs_shipping=sku != "WARRANTY",
            )
        )
    carriage = (ShippingCharge(name="Parcel", subtotal=euro(shipping), total=euro(shipping)),) if shipping else ()
    total = Money.sum_of([*(line.total for line in lines), *(charge.total for charge in carriage)], "EUR")
    tenders = [Tender(kind=TenderKind.CARD, amount=total - euro(gift_card), token="tok_visa")]
    if gift_card:
        tenders.append(Tender(kind=TenderKind.GIFT_CARD, amount=euro(gift_card), captured=True))
    document = OrderDocument(
        channel=channel,
        external_id=f"{next(_NUMBERS):04d}",
        placed_at=datetime.now(UTC),
        currency="EUR",
        customer=Customer(id=customer_id, email="ada@example.com"),
        shipping_address=Address(name="Ada", lines=("Hauptstr. 1",), city="Berlin", postal_code="10115", country="DE"),
        lines=tuple(lines),
        shipping=carriage,
        payment=Payment(
            terms=terms,
            tenders=tuple(tenders) if terms is PaymentTerms.CAPTURE_ON_SHIPMENT else (),
            net_days=30 if terms is PaymentTerms.ACCOUNT else None,
        ),
        fulfilment=FulfilmentRequest(service_level=service),
        total=total,
    )
    if changes:
        document = OrderDocument(**{**dict(document), **changes})
    return Order.accepted(document, Provenance(format="test", payload_digest="0" * 64))
