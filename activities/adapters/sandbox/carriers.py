"""The sandbox carrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.sandbox.speaking import Speaking
from activities.adapters.sandbox.wire import Receipt
from models.partners.asking import Done, Undo, Undone
from models.partners.carriers import Booking, Label, Redelivery

if TYPE_CHECKING:
    from models.settings import PartnerSettings

_DONE = Receipt[Done]
_LABEL = Receipt[Label]
_UNDONE = Receipt[Undone]


class SandboxCarriers:
    """Answers the carriers' port."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to the carrier where the settings say it is."""
        self._speaking = Speaking("carrier", settings)

    async def book(self, booking: Booking) -> Label:
        """Book a parcel."""
        return await self._speaking.effect("/parcels", booking, _LABEL)

    async def void(self, undo: Undo) -> Undone:
        """Void the booking made under the key."""
        return await self._speaking.undo("/parcels/void", undo, _UNDONE)

    async def deliver_again(self, redelivery: Redelivery) -> Done:
        """Try to deliver a parcel once more."""
        return await self._speaking.effect("/parcels/redeliveries", redelivery, _DONE)

    async def close(self) -> None:
        """Close every connection."""
        await self._speaking.close()
