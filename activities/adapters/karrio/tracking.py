"""Karrio's trackers as events of ours: where a parcel is now."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pydantic import Field

from activities.adapters.carriage.telling import moved, order_named, said
from activities.adapters.channel_payload import ChannelModel
from models.carriage.tracking import karrio_state
from models.errors import InvalidInput

if TYPE_CHECKING:
    from models.partners.events import ParcelMoved

_ID_DIGITS = 32


class TrackerEvent(ChannelModel):
    """What happened to a parcel once."""

    date: str | None = None
    time: str | None = None
    timestamp: datetime | None = None
    description: str | None = None
    reason: str | None = None


class Tracker(ChannelModel):
    """Where a parcel is."""

    tracking_number: str
    status: str
    events: tuple[TrackerEvent, ...] = ()
    """The newest first."""
    metadata: dict[str, Any] = Field(default_factory=dict)


class Trackers(ChannelModel):
    """A page of trackers."""

    next: str | None = None
    results: tuple[Tracker, ...]


def moves(tracker: Tracker) -> tuple[ParcelMoved, ...]:
    """Say where a parcel is; empty where that, or since when, is not known.

    Raises:
        InvalidInput: its newest event has no moment.
    """
    newest = tracker.events[0] if tracker.events else None
    state = karrio_state(tracker.status, newest.reason if newest else None)
    if state is None or newest is None:
        return ()
    at = _moment(newest)
    name = f"{tracker.tracking_number} {tracker.status} {newest.reason} {at.isoformat()}"
    return (
        moved(
            event_id=f"karrio:{sha256(name.encode()).hexdigest()[:_ID_DIGITS]}",
            order_id=order_named(tracker.metadata.get("order_id")),
            occurred_at=at,
            tracking_number=tracker.tracking_number,
            state=state,
            detail=said(newest.description),
        ),
    )


def _moment(event: TrackerEvent) -> datetime:
    if event.timestamp is not None:
        return event.timestamp if event.timestamp.tzinfo else event.timestamp.replace(tzinfo=UTC)
    try:
        # Karrio gives local days and times of the carrier without saying whose: taken as UTC.
        return datetime.fromisoformat(f"{event.date}T{event.time or '00:00'}").replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidInput.at("/events/0/date", "moment", "is no day and time") from error
