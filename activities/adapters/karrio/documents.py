"""What Karrio has written down about our orders: a parcel for each label that was bought."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

from activities.adapters.carriage.telling import order_named
from activities.adapters.http import Nonsense
from activities.adapters.karrio.hub import open_http
from activities.adapters.karrio.payload import KarrioShipments
from models.carriage.parcels import UNKNOWN_ORDER
from models.carriage.tracking import KARRIO_SHIPMENT
from models.money import Money
from models.partners.events import ParcelMoved
from models.reconciling.documents import DocumentKind, DocumentPage, PartnerDocument, Party
from models.states.fulfilment import ShipmentState

if TYPE_CHECKING:
    from activities.adapters.karrio.payload import KarrioShipment
    from models.reconciling.documents import DocumentQuery
    from models.settings import PartnerSettings

_PAGE = 100
_LONGEST_WAY = timedelta(days=30)
"""Karrio lists by when a parcel was noted, and does not say when it changed: younger ones may have."""
_STILL_HERE = {ShipmentState.LABEL_CREATED, ShipmentState.CANCELLED}
_ID_DIGITS = 32


class KarrioDocuments:
    """Answers the documents' port."""

    def __init__(self, _party: Party, settings: PartnerSettings) -> None:
        """Speak to Karrio where the settings say it is; nothing is connected yet."""
        self._http = open_http(settings)

    async def documents(self, query: DocumentQuery) -> DocumentPage:
        """List parcels that may have changed since a moment, a page at a time."""
        place = int(query.cursor or 0)
        since = quote((query.since - _LONGEST_WAY).isoformat(), safe="")
        path = f"/v1/shipments?created_after={since}&limit={_PAGE}&offset={place}"
        page = self._http.understood(KarrioShipments, await self._http.exchange("GET", path))
        try:
            documents = tuple(_document(one) for one in page.results if one.tracking_number)
        except ValueError as error:
            raise Nonsense(self._http.partner, f"lists what cannot be: {error}") from error
        more = page.next is not None
        return DocumentPage(documents=documents, next_cursor=str(place + _PAGE) if more else None)

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()


def _document(shipment: KarrioShipment) -> PartnerDocument:
    number = shipment.tracking_number or ""
    state = KARRIO_SHIPMENT.get(shipment.status)
    order_id = order_named(shipment.metadata.get("order_id"))
    rate = shipment.selected_rate
    return PartnerDocument(
        party=Party.CARRIER,
        kind=DocumentKind.PARCEL,
        reference=number,
        key=str(shipment.metadata.get("key", "")),
        order_id="" if order_id == UNKNOWN_ORDER else order_id,
        amount=Money.rounded(rate.total_charge, rate.currency) if rate else None,
        state=state.value if state else None,
        at=shipment.created_at,
        event=_event(order_id, number, state),
    )


def _event(order_id: str, number: str, state: ShipmentState | None) -> ParcelMoved | None:
    """Say what a webhook that got lost would have told; when it happened Karrio does not say: now at the latest."""
    if order_id == UNKNOWN_ORDER or state is None or state in _STILL_HERE:
        return None
    name = sha256(f"{number} {state.value}".encode()).hexdigest()[:_ID_DIGITS]
    return ParcelMoved(
        event_id=f"karrio:{name}",
        order_id=order_id,
        occurred_at=datetime.now(UTC),
        tracking_number=number,
        state=state,
    )
