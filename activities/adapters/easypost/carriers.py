"""Labels bought at EasyPost, and where the parcels are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from activities.adapters.carriage.buying import Buying
from activities.adapters.carriage.options import HubOptions, read_options
from activities.adapters.carriage.telling import order_named
from activities.adapters.easypost.hub import EasyPostHub
from activities.adapters.easypost.payload import EasyShipments
from activities.adapters.easypost.tracking import moves
from models.carriage.parcels import UNKNOWN_ORDER
from models.partners.feeds import FeedPage

if TYPE_CHECKING:
    from models.partners.events import ParcelMoved
    from models.partners.feeds import FeedQuery
    from models.settings import PartnerSettings

_PAGE = 100
_FOLLOWED = timedelta(days=30)
"""How long a parcel is asked after."""
_ROUND = "all"
"""The cursor of a round that begins."""


class EasyPostCarriers(Buying):
    """Answers the carriers' port, and is a feed of where parcels are."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to EasyPost where the settings say it is.

        Raises:
            ValueError: an option is missing or wrong; names the setting.
        """
        options = read_options(HubOptions, settings)
        self._easypost = EasyPostHub(settings, options)
        super().__init__(self._easypost, options)

    async def since(self, query: FeedQuery) -> FeedPage:
        """Read the parcels of the last weeks, a page at a time and then all of them again.

        So what a webhook that got lost would have told is found; the same news has the same id each time.
        """
        since = (datetime.now(UTC) - _FOLLOWED).strftime("%Y-%m-%dT%H:%M:%SZ")
        before = f"&before_id={query.cursor}" if query.cursor and query.cursor != _ROUND else ""
        path = f"/v2/shipments?page_size={_PAGE}&purchased=true&start_datetime={since}{before}"
        http = self._easypost.http
        page = http.understood(EasyShipments, await http.exchange("GET", path))
        events: list[ParcelMoved] = []
        for shipment in reversed(page.shipments):
            order_id = order_named(self._easypost.parcel(shipment).order_id)
            if shipment.tracker is not None and order_id != UNKNOWN_ORDER:
                events += moves(shipment.tracker, order_id)
        more = page.has_more and bool(page.shipments)
        return FeedPage(events=tuple(events), cursor=page.shipments[-1].id if more else _ROUND, more=more)
