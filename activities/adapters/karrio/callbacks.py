"""Karrio's webhooks: ``tracker_updated`` says where a parcel is; what else it tells we asked for ourselves.

Karrio does not sign what it sends: it shows the webhook's secret in the header ``X-Event-Id``. So its webhooks are to
come over TLS only. A webhook that failed six times in a row is switched off at Karrio (2026.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from activities.adapters.carriage.telling import secrets_of, shows_one
from activities.adapters.channel_payload import ChannelModel, fields
from activities.adapters.karrio.tracking import Tracker, moves
from models.strict_json import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.partners.events import ParcelMoved
    from models.settings import PartnerSettings

_TRACKER_EVENTS = {"tracker_created", "tracker_updated"}


class _Webhook(ChannelModel):
    """What Karrio sends."""

    event: str
    data: dict[str, Any]


class KarrioCallbacks:
    """`CallbackFormat` of Karrio."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Check webhooks against `callback_secret`, which Karrio gave the webhook."""
        self._secrets = secrets_of(settings)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Check that the secret is shown."""
        del body  # nothing of it is signed
        return shows_one(headers.get("x-event-id", ""), self._secrets)

    def read(self, body: bytes) -> tuple[ParcelMoved, ...]:
        """Translate a webhook; empty where it is not about where a parcel is.

        Raises:
            InvalidInput: it cannot be read.
        """
        webhook = fields(_Webhook, parse(body))
        if webhook.event not in _TRACKER_EVENTS:
            return ()
        return moves(fields(Tracker, webhook.data, "/data"))
