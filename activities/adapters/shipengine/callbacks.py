"""ShipEngine's webhooks: the event ``track`` says where a parcel is.

ShipEngine signs with keys that it publishes at its own address. So that nothing needs to be fetched before a webhook
can be taken in, it is given a header of ours to send along with each, and what that holds is checked; over TLS only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from activities.adapters.carriage.telling import secrets_of, shows_one
from activities.adapters.channel_payload import ChannelModel, fields
from activities.adapters.shipengine.payload import Tracking
from activities.adapters.shipengine.tracking import moves
from models.carriage.parcels import UNKNOWN_ORDER
from models.strict_json import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.partners.events import ParcelMoved
    from models.settings import PartnerSettings

SECRET_HEADER = "x-orderloom-secret"  # noqa: S105 - a header's name
_TRACK = "API_TRACK"


class _Webhook(ChannelModel):
    resource_type: str
    data: dict[str, Any]


class ShipEngineCallbacks:
    """`CallbackFormat` of ShipEngine."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Check webhooks against `callback_secret`, which ShipEngine was told to send."""
        self._secrets = secrets_of(settings)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Check that the secret is shown."""
        del body  # what we check is not made of it
        return shows_one(headers.get(SECRET_HEADER, ""), self._secrets)

    def read(self, body: bytes) -> tuple[ParcelMoved, ...]:
        """Translate a webhook; empty where it is not about where a parcel is. It names parcels by number only.

        Raises:
            InvalidInput: it cannot be read.
        """
        webhook = fields(_Webhook, parse(body))
        if webhook.resource_type != _TRACK:
            return ()
        return moves(fields(Tracking, webhook.data, "/data"), UNKNOWN_ORDER)
