"""A Tryton's shipments and moves, read as a feed of what happened in its warehouses."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import structlog
from pydantic import ValidationError

from activities.adapters.tryton.paging import Pages
from activities.adapters.tryton.reading_on import HandedOn, Standing
from activities.adapters.tryton.warehouse.drafting import INTERNAL, OUT
from activities.adapters.tryton.warehouse.happenings import Document, Internal, Move, moved, transferred
from activities.adapters.tryton.warehouse.papers import notes_on
from activities.adapters.tryton.warehouse.telling import Outgoing, told_by
from activities.adapters.tryton.warehouse.tickets import ticket
from models.errors import Uncertain
from models.partners.feeds import FeedPage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.warehouse.masters import Masters
    from activities.adapters.tryton.warehouse.options import WarehouseOptions
    from activities.adapters.tryton.wire import Read
    from models.partners.events import PartnerEvent
    from models.partners.feeds import FeedQuery
    from models.stock.events import StockEvent

    Event = PartnerEvent | StockEvent

log = structlog.get_logger()
_OF_SHIPMENT = {"stock.shipment.in", "stock.shipment.in.return", "stock.shipment.out.return", INTERNAL}
_MODELS = 3


class WarehouseFeed:
    """Answers the feed's port."""

    def __init__(self, rest: Rest, masters: Masters, options: WarehouseOptions) -> None:
        """Read here."""
        self._rest = rest
        self._masters = masters
        self._options = options
        self._pages = Pages(rest, options.page, options.overlap_s, options.begins)
        self._handed_on = HandedOn()

    async def since(self, query: FeedQuery) -> FeedPage:
        """Read on from a cursor: at most a page of each model.

        Raises:
            Uncertain: the cursor is none of ours.
        """
        before = standing = self._standing(query.cursor)
        known = self._handed_on.before(query.cursor)
        found: list[Event] = []
        for read in (self._outgoing, self._internal, self._moves):
            events, standing = await read(standing)
            found += events
        after = standing.since(before)
        fresh = sorted((one for one in found if one.event_id not in known), key=lambda one: one.occurred_at)
        seen = {event.event_id: event.occurred_at for event in found}
        self._handed_on.remember(after, known, seen, self._pages.back)
        return FeedPage(events=tuple(fresh), cursor=str(after), more=standing.more)

    def _standing(self, cursor: str | None) -> Standing:
        if cursor is None:
            return Standing.begin(_MODELS, self._options.begins)
        try:
            return Standing.read(cursor, _MODELS)
        except ValueError as error:
            raise Uncertain(self._rest.partner, f"the cursor {cursor!r} is none of this feed's") from error

    async def _outgoing(self, standing: Standing) -> tuple[list[Event], Standing]:
        found, after = await self._pages.next(standing, 0, OUT, Outgoing, [["number", "!=", None]])
        notes = await notes_on(self._rest, OUT, [one.id for one in found])
        events: list[Event] = []
        for shipment in found:
            asked = ticket(notes[shipment.id].asked)
            if asked is not None:
                stopped = notes[shipment.id].stopped
                events += _told(shipment, partial(told_by, shipment, asked, stopped=stopped))
        return events, after

    async def _internal(self, standing: Standing) -> tuple[list[Event], Standing]:
        found, after = await self._pages.next(standing, 1, INTERNAL, Internal, [["state", "in", ["shipped", "done"]]])
        ends = {place for one in found for place in (one.from_location, one.to_location)}
        among = {place for one in found for each in one.moves for place in (each.from_location, each.to_location)}
        places = await self._masters.places(ends | among)
        return [event for one in found for event in _told(one, partial(transferred, one, places))], after

    async def _moves(self, standing: Standing) -> tuple[list[Event], Standing]:
        found, after = await self._pages.next(standing, 2, "stock.move", Move, [["state", "=", "done"]])
        places = await self._masters.places(place for one in found for place in (one.from_location, one.to_location))
        papers = await self._papers(found)
        events: list[Event] = []
        for move in found:
            model = (move.shipment or "").partition(",")[0]
            between = model == INTERNAL and places[move.from_location].node != places[move.to_location].node
            ours = model == OUT and papers.get(move.shipment or "") is None
            if not between and not ours:
                events += _told(move, partial(moved, move, places, papers.get(move.shipment or "")))
        return events, after

    async def _papers(self, moves: Sequence[Move]) -> dict[str, Document]:
        """The shipments these moves belong to, by reference, those of our releases left out."""
        named: dict[str, set[int]] = {}
        for move in moves:
            model, _, number = (move.shipment or "").partition(",")
            if model in _OF_SHIPMENT | {OUT}:
                named.setdefault(model, set()).add(int(number))
        found: dict[str, Document] = {}
        for model, numbers in named.items():
            ordered = sorted(numbers)
            ours = await notes_on(self._rest, model, ordered) if model == OUT else {}
            wanted = [number for number in ordered if number not in ours or ours[number].asked is None]
            if wanted:
                papers = await self._rest.find(model, Document, [["id", "in", wanted]])
                found |= {f"{model},{paper.id}": paper for paper in papers}
        return found


def _told(record: Read, tell: Callable[[], Sequence[Event]]) -> Sequence[Event]:
    """Say what a record tells.

    What cannot be said in our words is logged, and left to the comparison of counts: a strange record must not keep
    all that come after it from being read.
    """
    try:
        return tell()
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        log.warning("a warehouse's record cannot be told", kind=type(record).__name__, record=record.id, field=where)
        return ()
