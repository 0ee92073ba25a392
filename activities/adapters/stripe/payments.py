"""Stripe as the payment provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.stripe.authorising import Authorising
from activities.adapters.stripe.feed import Events
from activities.adapters.stripe.finding import Finding
from activities.adapters.stripe.moving import Moving
from activities.adapters.stripe.speaking.account import Account

if TYPE_CHECKING:
    from models.partners.asking import Done, Undone
    from models.partners.feeds import FeedPage, FeedQuery
    from models.partners.payments import Authorisation, AuthorisationRequest, Capture, Refund, Void
    from models.settings import PartnerSettings


class StripePayments:
    """Answers the payment provider's port, and the feeds' port."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to the account whose key the settings hold; nothing is connected yet.

        Raises:
            ValueError: the key is missing, or an option is wrong; names the setting.
        """
        self._account = Account(settings)
        finding = Finding(self._account)
        self._authorising = Authorising(self._account, finding)
        self._moving = Moving(self._account, finding)
        self._events = Events(self._account, finding)

    async def authorise(self, request: AuthorisationRequest) -> Authorisation:
        """Set money aside."""
        return await self._authorising.authorise(request)

    async def capture(self, capture: Capture) -> Done:
        """Take money set aside."""
        return await self._moving.capture(capture)

    async def void(self, void: Void) -> Undone:
        """Let an authorisation go."""
        return await self._moving.void(void)

    async def refund(self, refund: Refund) -> Done:
        """Give captured money back."""
        return await self._moving.refund(refund)

    async def since(self, query: FeedQuery) -> FeedPage:
        """Read on in what has happened: payments that waited for their customers, and disputes."""
        return await self._events.since(query)

    async def close(self) -> None:
        """Close every connection."""
        await self._account.close()
