"""ShipEngine's tracking answers as events of ours: where a parcel is now, since what went before is told in words."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from activities.adapters.carriage.telling import moved, said
from models.carriage.tracking import SHIPENGINE

if TYPE_CHECKING:
    from activities.adapters.shipengine.payload import Tracking
    from models.partners.events import ParcelMoved

_ID_DIGITS = 32


def moves(tracking: Tracking, order_id: str) -> tuple[ParcelMoved, ...]:
    """Say where a parcel is; empty where that, or since when, is not known."""
    state = SHIPENGINE.get(tracking.status_code)
    newest = max(tracking.events, key=lambda event: event.occurred_at, default=None)
    at = newest.occurred_at if newest else tracking.actual_delivery_date
    if state is None or at is None:
        return ()
    name = f"{tracking.tracking_number} {tracking.status_code} {at.isoformat()}"
    detail = tracking.exception_description or (newest.description if newest else None) or tracking.status_description
    return (
        moved(
            event_id=f"shipengine:{sha256(name.encode()).hexdigest()[:_ID_DIGITS]}",
            order_id=order_id,
            occurred_at=at,
            tracking_number=tracking.tracking_number,
            state=state,
            detail=said(detail),
            estimated_delivery=tracking.estimated_delivery_date,
        ),
    )
