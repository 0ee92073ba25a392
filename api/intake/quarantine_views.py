"""What the API shows of payloads in quarantine."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Self

from activities.records.orders import QuarantineState
from api.orders.views import View
from models.errors import FieldError

if TYPE_CHECKING:
    from activities.records.orders import Quarantined


def quarantine_path(entry_id: str) -> str:
    """Where a quarantined payload is found."""
    return f"/v1/quarantine/{entry_id}"


class QuarantineEntry(View):
    """A payload that could not become an order."""

    id: str
    channel: str
    state: QuarantineState
    errors: list[FieldError]
    received_at: datetime
    attempts: int
    order_id: str | None
    """The order it became."""
    links: dict[str, str]

    @classmethod
    def of(cls, entry: Quarantined) -> Self:
        """Show an entry in short."""
        return cls(**_entry(entry))


class QuarantineDetail(QuarantineEntry):
    """The same with the payload."""

    payload: str
    """Exactly as it came: as text, or in base64 where it is no UTF-8."""
    payload_encoding: Literal["utf-8", "base64"]

    @classmethod
    def of(cls, entry: Quarantined) -> Self:
        """Show all of an entry."""
        try:
            return cls(**_entry(entry), payload=entry.payload.decode(), payload_encoding="utf-8")
        except UnicodeDecodeError:
            encoded = base64.b64encode(entry.payload).decode()
            return cls(**_entry(entry), payload=encoded, payload_encoding="base64")


class QuarantinePage(View):
    """Some entries, newest first."""

    entries: list[QuarantineEntry]
    next_cursor: str | None


def _entry(entry: Quarantined) -> dict[str, Any]:
    here = quarantine_path(entry.id)
    return {
        "id": entry.id,
        "channel": entry.channel,
        "state": entry.state,
        "errors": [FieldError.model_validate(error) for error in entry.errors],
        "received_at": entry.received_at,
        "attempts": entry.attempts,
        # What is about stock becomes no order.
        "order_id": entry.order_id or None,
        "links": {"self": here, "replay": f"{here}/replay"},
    }
