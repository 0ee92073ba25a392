"""Stripe's webhooks: signed in Stripe's own way (https://docs.stripe.com/webhooks/signature)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import stripe

from activities.adapters.stripe.happenings import Event, of_payment
from activities.adapters.stripe.speaking.options import options_of
from models.strict_json import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.partners.events import PartnerEvent
    from models.settings import PartnerSettings

_HEADER: Final = "stripe-signature"
_HEADER_MAX: Final = 4096


class StripeCallbacks:
    """Answers the port of callback formats.

    A dispute names no order and is not told here: the feed, which may ask, tells it.
    """

    def __init__(self, settings: PartnerSettings) -> None:
        """Take the endpoints' secrets, parted by spaces: several while one is being replaced.

        Raises:
            ValueError: an option is wrong; names the setting.
        """
        self._secrets = settings.callback_secret.get_secret_value().split()
        self._tolerance_s = options_of(settings).tolerance_s

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Check the signature, and that it is no older than the tolerance; false where no secret is set."""
        signature = headers.get(_HEADER, "")
        if not signature or len(signature) > _HEADER_MAX:
            return False
        return any(self._signed(body, signature, secret) for secret in self._secrets)

    def _signed(self, body: bytes, signature: str, secret: str) -> bool:
        try:
            # The SDK compares in constant time; it may raise nearly anything for what a forger sends.
            stripe.WebhookSignature.verify_header(body.decode(), signature, secret, self._tolerance_s)
        except Exception:  # noqa: BLE001 - see above
            return False
        return True

    def read(self, body: bytes) -> tuple[PartnerEvent, ...]:
        """Translate an event; empty where it says nothing that concerns an order.

        Raises:
            InvalidInput: it cannot be read, or names an order of ours in a way that cannot be.
        """
        return of_payment(read(Event, body))
