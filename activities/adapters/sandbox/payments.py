"""The sandbox payment provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.sandbox.speaking import Speaking
from activities.adapters.sandbox.wire import Receipt
from models.partners.asking import Done, Undone
from models.partners.payments import Authorisation, AuthorisationRequest, Capture, Refund, Void

if TYPE_CHECKING:
    from models.settings import PartnerSettings

_AUTHORISED = Receipt[Authorisation]
_DONE = Receipt[Done]
_UNDONE = Receipt[Undone]


class SandboxPayments:
    """Answers the payment provider's port."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to the provider where the settings say it is."""
        self._speaking = Speaking("payment", settings)

    async def authorise(self, request: AuthorisationRequest) -> Authorisation:
        """Set money aside."""
        return await self._speaking.effect("/authorisations", request, _AUTHORISED, request.amount)

    async def capture(self, capture: Capture) -> Done:
        """Take money set aside."""
        return await self._speaking.effect("/captures", capture, _DONE, capture.amount)

    async def void(self, void: Void) -> Undone:
        """Let an authorisation go."""
        return await self._speaking.undo("/authorisations/void", void, _UNDONE)

    async def refund(self, refund: Refund) -> Done:
        """Give captured money back."""
        return await self._speaking.effect("/refunds", refund, _DONE, refund.amount)

    async def close(self) -> None:
        """Close every connection."""
        await self._speaking.close()
