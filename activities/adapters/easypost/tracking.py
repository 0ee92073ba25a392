"""EasyPost's trackers as events of ours: each thing that happened to a parcel is one, however often it is told."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from activities.adapters.carriage.telling import moved, said
from models.carriage.tracking import easypost_state

if TYPE_CHECKING:
    from activities.adapters.easypost.payload import Tracker, TrackingDetail
    from models.partners.events import ParcelMoved

_ID_DIGITS = 32


def moves(tracker: Tracker, order_id: str) -> tuple[ParcelMoved, ...]:
    """Say what happened to a parcel, the oldest first; what is not known to mean anything is left out."""
    details = sorted(tracker.tracking_details, key=lambda detail: detail.at)
    return tuple(
        moved(
            event_id=f"easypost:{_digest(tracker, detail)}",
            order_id=order_id,
            occurred_at=detail.at,
            tracking_number=tracker.tracking_code,
            state=state,
            detail=said(detail.message),
            estimated_delivery=tracker.est_delivery_date,
        )
        for detail in details
        if (state := easypost_state(detail.status, detail.status_detail)) is not None
    )


def _digest(tracker: Tracker, detail: TrackingDetail) -> str:
    name = f"{tracker.tracking_code} {detail.at.isoformat()} {detail.status} {detail.status_detail} {detail.message}"
    return sha256(name.encode()).hexdigest()[:_ID_DIGITS]
