"""What a sandbox partner has written down about our orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.http import Nonsense
from activities.adapters.sandbox.speaking import Speaking
from models.reconciling.documents import DocumentPage

if TYPE_CHECKING:
    from models.reconciling.documents import DocumentQuery, Party
    from models.settings import PartnerSettings


class SandboxDocuments:
    """Answers the documents' port, for any of the four that keep some."""

    def __init__(self, party: Party, settings: PartnerSettings) -> None:
        """Speak to the partner where the settings say it is."""
        self._party = party
        self._speaking = Speaking(party.value, settings)

    async def documents(self, query: DocumentQuery) -> DocumentPage:
        """List what changed since a moment, a page at a time."""
        page = await self._speaking.question("POST", "/documents", DocumentPage, query)
        if any(document.party is not self._party for document in page.documents):
            raise Nonsense(self._party.value, "listed documents of somebody else")
        return page

    async def close(self) -> None:
        """Close every connection."""
        await self._speaking.close()
