"""An order as a row, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from activities.adapters.store.content import content_digest
from activities.records.orders import OrderView
from models.order.snapshot import Headline
from models.states.lifecycle import LIFECYCLE

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from models.order.order import Order


def order_row(order: Order, payload: bytes, received_at: datetime) -> dict[str, object]:
    """A newly received order."""
    return {
        "id": order.id,
        "channel": order.channel,
        "external_id": order.external_id,
        "number": order.number,
        "customer_id": order.customer.id,
        "headline": Headline.RECEIVED.value,
        "lifecycle": LIFECYCLE.initial.value,
        "currency": order.currency,
        "total": order.total.amount,
        "document": order,
        "content_digest": content_digest(order),
        "payload": payload,
        "version": 0,
        "received_at": received_at,
        "updated_at": received_at,
    }


def order_view(row: Row[*tuple[Any, ...]]) -> OrderView:
    """An order as the API shows it."""
    return OrderView(order=row.document, received_at=row.received_at, updated_at=row.updated_at, snapshot=row.snapshot)
