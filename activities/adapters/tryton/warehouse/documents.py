"""What a Tryton's warehouses have written down about our orders: what left, with the event that tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.tryton.reading_on import Mark, Standing
from activities.adapters.tryton.rest import Rest, Span
from activities.adapters.tryton.warehouse.drafting import OUT
from activities.adapters.tryton.warehouse.options import warehouse_options
from activities.adapters.tryton.warehouse.papers import notes_on
from activities.adapters.tryton.warehouse.telling import Outgoing, told_by
from activities.adapters.tryton.warehouse.tickets import ticket
from models.errors import Uncertain
from models.partners.events import GoodsCollected, ParcelShipped
from models.reconciling.documents import DocumentKind, DocumentPage, PartnerDocument, Party

if TYPE_CHECKING:
    from models.reconciling.documents import DocumentQuery
    from models.settings import PartnerSettings

_LEFT = [["number", "!=", None], ["state", "in", ["shipped", "done"]]]
_LATEST = (("write_date", "ASC"), ("id", "ASC"))


class TrytonShipments:
    """Answers the documents' port for the warehouse."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to the Tryton at `settings.url`.

        Raises:
            ValueError: an option is missing or wrong; names the setting.
        """
        self._options = warehouse_options(settings)
        self._rest = Rest("wms", settings, {"company": self._options.company})

    async def documents(self, query: DocumentQuery) -> DocumentPage:
        """List what changed since a moment, a page at a time.

        Raises:
            Uncertain: the cursor is none of ours.
        """
        mark = self._mark(query)
        span = Span(limit=self._options.page, order=_LATEST)
        found = await self._rest.find(OUT, Outgoing, [mark.after(), *_LEFT], span)
        notes = await notes_on(self._rest, OUT, [one.id for one in found])
        documents: list[PartnerDocument] = []
        for shipment in found:
            asked = ticket(notes[shipment.id].asked)
            if asked is not None:
                events = told_by(shipment, asked, stopped=False)
                documents += (_document(event) for event in events if isinstance(event, ParcelShipped | GoodsCollected))
        if len(found) < self._options.page:
            return DocumentPage(documents=tuple(documents))
        last = found[-1].mark
        return DocumentPage(documents=tuple(documents), next_cursor=str(Standing((last,), (last,))))

    async def close(self) -> None:
        """Close every connection."""
        await self._rest.close()

    def _mark(self, query: DocumentQuery) -> Mark:
        if query.cursor is None:
            return Mark(query.since)
        try:
            [mark] = Standing.read(query.cursor, 1).marks
        except ValueError as error:
            raise Uncertain(self._rest.partner, f"the cursor {query.cursor!r} is none of this list's") from error
        return mark


def _document(event: ParcelShipped | GoodsCollected) -> PartnerDocument:
    return PartnerDocument(
        party=Party.WMS,
        kind=DocumentKind.SHIPMENT,
        reference=event.shipment_id,
        key=event.release_key,
        order_id=event.order_id,
        at=event.occurred_at,
        event=event,
    )
