"""The sandbox WMS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.sandbox.speaking import Speaking
from activities.adapters.sandbox.wire import Counts, Receipt
from models.partners.asking import Done, Undo
from models.partners.warehouse import (
    NodeCount,
    RecallAnswer,
    Release,
    ReleaseEnquiry,
    ReleaseStanding,
)

if TYPE_CHECKING:
    from models.partners.transfers import TransferOrder
    from models.settings import PartnerSettings

_DONE = Receipt[Done]
_RECALLED = Receipt[RecallAnswer]


class SandboxWarehouse:
    """Answers the warehouse's port."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to the WMS where the settings say it is."""
        self._speaking = Speaking("wms", settings)

    async def release(self, release: Release) -> Done:
        """Have goods sent."""
        return await self._speaking.effect("/releases", release, _DONE)

    async def recall(self, undo: Undo) -> RecallAnswer:
        """Stop the release made under the key, if it can still be stopped."""
        return await self._speaking.undo("/releases/recall", undo, _RECALLED)

    async def status(self, enquiry: ReleaseEnquiry) -> ReleaseStanding:
        """Say where a release stands."""
        return await self._speaking.question("POST", "/releases/enquiries", ReleaseStanding, enquiry)

    async def transfer(self, order: TransferOrder) -> Done:
        """Have goods sent from one node to another."""
        return await self._speaking.effect("/transfers", order, _DONE)

    async def counts(self) -> tuple[NodeCount, ...]:
        """What it has on its shelves."""
        return (await self._speaking.question("GET", "/counts", Counts)).counts

    async def close(self) -> None:
        """Close every connection."""
        await self._speaking.close()
