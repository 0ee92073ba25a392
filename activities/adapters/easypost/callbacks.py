"""EasyPost's webhooks: a tracker that was made or changed says where a parcel is.

Signed in the header ``X-Hmac-Signature``: ``hmac-sha256-hex=`` and the HMAC-SHA256 of the body, under the webhook's
secret in Unicode normal form NFKD (EasyPost's webhooks guide, and its client libraries).
"""

from __future__ import annotations

import hmac
import unicodedata
from typing import TYPE_CHECKING

from activities.adapters.carriage.telling import secrets_of, shows_one
from activities.adapters.channel_payload import fields
from activities.adapters.easypost.payload import Event, Tracker
from activities.adapters.easypost.tracking import moves
from models.carriage.parcels import UNKNOWN_ORDER
from models.strict_json import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.partners.events import ParcelMoved
    from models.settings import PartnerSettings

_SCHEME = "hmac-sha256-hex="


class EasyPostCallbacks:
    """`CallbackFormat` of EasyPost."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Check webhooks against `callback_secret`, which was given to EasyPost with the webhook."""
        self._secrets = tuple(unicodedata.normalize("NFKD", secret).encode() for secret in secrets_of(settings))

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Check the signature."""
        right = tuple(_SCHEME + hmac.new(secret, body, "sha256").hexdigest() for secret in self._secrets)
        return shows_one(headers.get("x-hmac-signature", ""), right)

    def read(self, body: bytes) -> tuple[ParcelMoved, ...]:
        """Translate a webhook; empty where it is not about where a parcel is. It names parcels by number only.

        Raises:
            InvalidInput: it cannot be read.
        """
        event = fields(Event, parse(body))
        if not event.description.startswith("tracker."):
            return ()
        return moves(fields(Tracker, event.result, "/result"), UNKNOWN_ORDER)
