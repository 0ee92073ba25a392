"""ShipEngine's webhooks: the event ``track`` says where a parcel is.

Each is signed by ShipEngine, with keys that are the same for all its customers. So that it is told apart whose account
a webhook is of, ShipEngine may be given a header of ours to send along with each; where we have a `callback_secret`,
that is to be shown there.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from activities.adapters.carriage.telling import secrets_of, shows_one
from activities.adapters.channel_payload import ChannelModel, fields
from activities.adapters.shipengine.payload import Tracking
from activities.adapters.shipengine.signatures import ShipEngineKeys, Signed, utc_now
from activities.adapters.shipengine.tracking import moves
from models.carriage.parcels import UNKNOWN_ORDER
from models.strict_json import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import Self

    from models.partners.events import ParcelMoved
    from models.settings import PartnerSettings

SECRET_HEADER = "x-orderloom-secret"  # noqa: S105 - a header's name
_TRACK = "API_TRACK"


class _Webhook(ChannelModel):
    resource_type: str
    data: dict[str, Any]


class ShipEngineCallbacks:
    """`CallbackSigners` of ShipEngine."""

    def __init__(
        self,
        settings: PartnerSettings,
        *,
        now: Callable[[], datetime] = utc_now,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Check webhooks against ShipEngine's keys, and `callback_secret` where ShipEngine was told to send one.

        Args:
            settings: where ShipEngine is, and the secrets.
            now: says how late a webhook is.
            clock: says how old our copy of the keys is, in seconds.
        """
        self._secrets = secrets_of(settings)
        self._keys = ShipEngineKeys(settings, clock)
        self._now = now

    async def signer(self, body: bytes, headers: Mapping[str, str]) -> Self | None:
        """Check the signature, and that the secret is shown where there is one.

        Raises:
            models.errors.Unavailable: the key that is named cannot be fetched.
        """
        signed = Signed.of(headers, self._now())
        if signed is None or (self._secrets and not shows_one(headers.get(SECRET_HEADER, ""), self._secrets)):
            return None
        return self if await self._keys.fits(signed, body) else None

    def read(self, body: bytes) -> tuple[ParcelMoved, ...]:
        """Translate a webhook; empty where it is not about where a parcel is. It names parcels by number only.

        Raises:
            InvalidInput: it cannot be read.
        """
        webhook = fields(_Webhook, parse(body))
        if webhook.resource_type != _TRACK:
            return ()
        return moves(fields(Tracking, webhook.data, "/data"), UNKNOWN_ORDER)
