"""Callbacks: a partner tells us what happened, signed as the Standard Webhooks specification has it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
from standardwebhooks import Webhook

from models.partners.events import OrderEvent

if TYPE_CHECKING:
    from models.partners.events import PartnerEvent
    from models.stock.events import StockEvent
    from ops.sandbox.serving.errands import Errands

_WITHIN_S = 15.0
CALLBACK = "callback"


class Callbacks:
    """Sends events to one address until they are taken."""

    def __init__(self, errands: Errands, url: str, secret: str) -> None:
        """Send to `url`; without one nobody is told."""
        self._errands = errands
        self._url = url
        self._webhook = Webhook(secret) if url else None
        self._client = httpx.AsyncClient(timeout=_WITHIN_S, trust_env=False)
        errands.learn(CALLBACK, self._send)

    def tell(self, event: PartnerEvent | StockEvent, after_s: float = 0.0) -> None:
        """Put an event on its way, in the transaction that is running; with nobody to tell, it is noted too."""
        if isinstance(event, OrderEvent):
            self._errands.note(event.occurred_at.isoformat(), event.model_dump_json())
        if self._webhook is not None:
            body = {"event_id": event.event_id, "payload": event.model_dump_json()}
            self._errands.add(CALLBACK, getattr(event, "order_id", None) or "", body, after_s)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _send(self, body: dict[str, Any]) -> None:
        if self._webhook is None:
            message = "there is no address to send it to"
            raise NotTakenError(message)
        event_id, payload, now = body["event_id"], body["payload"], datetime.now(UTC)
        response = await self._client.post(
            self._url,
            content=payload,
            headers={
                "Content-Type": "application/json",
                "webhook-id": event_id,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": self._webhook.sign(event_id, now, payload),
            },
        )
        if not response.is_success:
            message = f"answered {response.status_code}"
            raise NotTakenError(message)


class NotTakenError(Exception):
    """The other side answered, but did not take it."""


def event_id() -> str:
    """Name an event for good."""
    return f"evt_{uuid4().hex}"
