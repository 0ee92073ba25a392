"""The sandbox notification service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.sandbox.speaking import Speaking
from activities.adapters.sandbox.wire import Receipt
from models.partners.asking import Done
from models.partners.notices import Notice

if TYPE_CHECKING:
    from models.settings import PartnerSettings

_DONE = Receipt[Done]


class SandboxNotices:
    """Answers the notification service's port."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to the service where the settings say it is."""
        self._speaking = Speaking("notification", settings)

    async def send(self, notice: Notice) -> Done:
        """Tell somebody something."""
        return await self._speaking.effect("/messages", notice, _DONE)

    async def close(self) -> None:
        """Close every connection."""
        await self._speaking.close()
