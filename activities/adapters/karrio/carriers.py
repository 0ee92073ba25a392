"""Labels bought at Karrio, and where the parcels are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.carriage.buying import Buying
from activities.adapters.carriage.options import HubOptions, read_options
from activities.adapters.http import Nonsense
from activities.adapters.karrio.hub import KarrioHub
from activities.adapters.karrio.tracking import Trackers, moves
from models.carriage.parcels import UNKNOWN_ORDER
from models.errors import InvalidInput
from models.partners.feeds import FeedPage

if TYPE_CHECKING:
    from models.partners.events import ParcelMoved
    from models.partners.feeds import FeedQuery
    from models.settings import PartnerSettings

_PAGE = 100


class KarrioCarriers(Buying):
    """Answers the carriers' port, and is a feed of where parcels are."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to Karrio where the settings say it is.

        Raises:
            ValueError: an option is missing or wrong; names the setting.
        """
        options = read_options(HubOptions, settings)
        self._karrio = KarrioHub(settings, options)
        super().__init__(self._karrio, options)

    async def since(self, query: FeedQuery) -> FeedPage:
        """Read trackers, a page at a time and then all of them again: what a webhook that got lost would have told.

        The same news has the same id each time. A parcel that we did not book is left out.
        """
        place = int(query.cursor or 0)
        http = self._karrio.http
        content = await http.exchange("GET", f"/v1/trackers?limit={_PAGE}&offset={place}")
        page = http.understood(Trackers, content)
        try:
            told = [event for tracker in page.results for event in moves(tracker)]
        except InvalidInput as error:
            raise Nonsense(http.partner, f"listed what cannot be read: {error}") from error
        ours = [event for one in told if (event := await self._ours(one)) is not None]
        more = page.next is not None
        return FeedPage(events=tuple(ours), cursor=str(place + _PAGE if more else 0), more=more)

    async def _ours(self, event: ParcelMoved) -> ParcelMoved | None:
        if event.order_id != UNKNOWN_ORDER:
            return event
        order_id = await self.parcels.order_of(event.tracking_number) if self.parcels else None
        return event.model_copy(update={"order_id": order_id}) if order_id else None
