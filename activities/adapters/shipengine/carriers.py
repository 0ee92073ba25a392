"""Labels bought at ShipEngine, and where the parcels are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from activities.adapters.carriage.buying import Buying
from activities.adapters.carriage.options import read_options
from activities.adapters.carriage.telling import order_named
from activities.adapters.shipengine.hub import ShipEngineHub, ShipEngineOptions
from activities.adapters.shipengine.payload import Labels, Shipment, Tracking
from activities.adapters.shipengine.tracking import moves
from models.carriage.parcels import UNKNOWN_ORDER
from models.partners.feeds import FeedPage

if TYPE_CHECKING:
    from activities.adapters.shipengine.payload import LabelPaper
    from models.partners.events import ParcelMoved
    from models.partners.feeds import FeedQuery
    from models.settings import PartnerSettings

_PAGE = 25
_FOLLOWED = timedelta(days=30)
"""How long a parcel is asked after."""
_HEARD_OF = {"in_transit", "delivered", "error"}
"""Of the others the carrier has said nothing yet."""


class ShipEngineCarriers(Buying):
    """Answers the carriers' port, and is a feed of where parcels are."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to ShipEngine where the settings say it is.

        Raises:
            ValueError: an option is missing or wrong; names the setting.
        """
        options = read_options(ShipEngineOptions, settings)
        self._engine = ShipEngineHub(settings, options)
        super().__init__(self._engine, options)

    async def since(self, query: FeedQuery) -> FeedPage:
        """Read the labels of the last weeks, a page at a time and then all of them again.

        So what a webhook that got lost would have told is found; the same news has the same id each time.
        """
        number = int(query.cursor or 1)
        since = (datetime.now(UTC) - _FOLLOWED).strftime("%Y-%m-%dT%H:%M:%SZ")
        path = f"/v1/labels?page={number}&page_size={_PAGE}&sort_by=created_at&sort_dir=asc&created_at_start={since}"
        http = self._engine.http
        page = http.understood(Labels, await http.exchange("GET", path))
        events: list[ParcelMoved] = []
        for label in page.labels:
            if label.tracking_status in _HEARD_OF and not label.voided:
                events += await self._moves(label)
        more = number < page.pages
        return FeedPage(events=tuple(events), cursor=str(number + 1 if more else 1), more=more)

    async def _moves(self, label: LabelPaper) -> tuple[ParcelMoved, ...]:
        http = self._engine.http
        content = await http.exchange("GET", f"/v1/shipments/{label.shipment_id}")
        order_id = order_named(http.understood(Shipment, content).external_order_id)
        if order_id == UNKNOWN_ORDER:
            return ()
        tracking = await http.exchange("GET", f"/v1/labels/{label.label_id}/track")
        return moves(http.understood(Tracking, tracking), order_id)
