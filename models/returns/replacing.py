"""The order that sends something in place of what came back: at the same customer's, and free of charge."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from models.money import Money
from models.order.document import FulfilmentRequest, Line, OrderDocument
from models.order.payment_terms import Payment, PaymentTerms

if TYPE_CHECKING:
    from datetime import datetime

    from models.order.order import Order
    from models.returns.money import Replacement

_LONGEST = 100


def replacement_order(original: Order, wanted: Replacement, at: datetime) -> OrderDocument:
    """Make the order; its name says whose it is: ``1001-R1``, and ``1001-R1-2`` for a return's second."""
    zero = Money.zero(original.currency)
    sold = {line.id: line for line in original.lines}
    lines = []
    for number, line in enumerate(wanted.lines, start=1):
        bought = sold.get(line.line_id)
        same = bought is not None and bought.sku == line.sku
        lines.append(
            Line(
                id=str(number),
                sku=line.sku,
                name=bought.name if bought is not None and same else None,
                quantity=line.quantity,
                unit=bought.unit if bought is not None and same else "C62",
                subtotal=zero,
                total=zero,
            )
        )
    return OrderDocument(
        channel=original.channel,
        external_id=replacement_name(original.external_id, wanted),
        number=f"{original.number or original.external_id} R"[:500],
        placed_at=at,
        currency=original.currency,
        customer=original.customer,
        billing_address=original.billing_address,
        shipping_address=original.shipping_address,
        lines=tuple(lines),
        payment=Payment(terms=PaymentTerms.PREPAID),
        fulfilment=FulfilmentRequest(service_level=original.fulfilment.service_level),
        total=zero,
        note=f"in place of what came back with {wanted.return_id}",
    )


def replacement_name(external_id: str, wanted: Replacement) -> str:
    """Name the order after the original; a name that would be too long keeps its beginning and a digest of the rest."""
    number = wanted.return_id.rsplit(":", 1)[1]
    ending = f"-R{number}" if wanted.part == 1 else f"-R{number}-{wanted.part}"
    if len(external_id) + len(ending) <= _LONGEST:
        return external_id + ending
    digest = hashlib.sha256(external_id.encode()).hexdigest()[:12]
    return f"{external_id[: _LONGEST - len(ending) - len(digest) - 1]}-{digest}{ending}"
