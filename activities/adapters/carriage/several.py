"""Several carriers as one: the next is asked where one is down, throttles or says no. Never two labels for a parcel.

Before a carrier is asked it is noted in our own store that it is, and the note goes only once it is certain that the
carrier has nothing: it refused, or nothing was sent to it, or it has given back whatever it had. While the note
stands, nobody else is asked, whichever process comes next; so a lost reply is settled with the carrier it came from.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import TYPE_CHECKING

from activities.adapters.carriage.offering import Offering
from activities.adapters.carriage.telling import said
from activities.adapters.http import LostReply, Nonsense
from activities.adapters.partners import Closing
from activities.ports.carriage import Remembering
from activities.ports.channels import Feed
from models.errors import PartnerError, Refused, Transient, Unavailable, Uncertain
from models.partners.asking import Undo, Undone
from models.partners.feeds import FeedPage, FeedQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from activities.ports.carriage import ParcelBook
    from activities.ports.partners import Carriers
    from models.partners.asking import Done
    from models.partners.carriers import Booking, Label, Redelivery
    from models.partners.events import PartnerEvent
    from models.stock.events import StockEvent

_LOG = logging.getLogger(__name__)
_BARRED = "undone_before"
_SAID, _SAID_OF_EACH = 500, 150


class Several:
    """Answers the carriers' port, over several that are told apart by name."""

    def __init__(self, carriers: Mapping[str, Carriers], *, cheapest: bool, rest_s: float) -> None:
        """Ask carriers in this order.

        Args:
            carriers: by name, the first choice first.
            cheapest: whether those that can say what a parcel would cost are asked that first, and the one that wants
                least gets it.
            rest_s: for how many seconds a carrier that failed is asked after the others; kept by each process alone.
        """
        self._carriers = carriers
        self._cheapest = cheapest
        self._rest_s = rest_s
        self._resting: dict[str, float] = {}
        self._book: ParcelBook | None = None

    def remember_in(self, parcels: ParcelBook) -> None:
        """Note there who is asked for which parcel."""
        self._book = parcels
        for carrier in self._carriers.values():
            if isinstance(carrier, Remembering):
                carrier.remember_in(parcels)

    async def book(self, booking: Booking) -> Label:
        """Book a parcel with the first carrier that takes it."""
        held = await self._parcels.holder(booking.key)
        troubles: dict[str, PartnerError] = {}
        for name in [held] if held else await self._in_order(booking):
            label = await self._asked(name, booking, troubles, held=held is not None)
            if label is not None:
                return await self._noted(name, booking, label, troubles)
        if held:
            # What it had is settled: all of them may be asked.
            return await self.book(booking)
        raise _nobody(troubles)

    async def void(self, undo: Undo) -> Undone:
        """Give back what was booked under the key, wherever that was; with none, the first one bars the key."""
        held = await self._parcels.holder(undo.key)
        if held is None:
            held = next(iter(self._carriers))
            if not await self._parcels.take(undo.key, undo.order_id, held):
                raise Transient("carrier", "somebody is booking it at this moment")
        return await self._named(held).void(undo)

    async def deliver_again(self, redelivery: Redelivery) -> Done:
        """Have the carrier that has the parcel try again; each is asked, until one does not refuse."""
        refused: Refused | None = None
        for carrier in self._carriers.values():
            try:
                return await carrier.deliver_again(redelivery)
            except Refused as error:
                refused = refused or error
        raise refused or Refused("carrier", "there is no carrier", code="no_carrier")

    async def since(self, query: FeedQuery) -> FeedPage:
        """Read on at every carrier that is a feed; what one that does not answer has to tell waits for the next time.

        Raises:
            PartnerError: none of them answers.
        """
        cursors: dict[str, str | None] = json.loads(query.cursor or "{}")
        events: list[PartnerEvent | StockEvent] = []
        more, read, trouble = False, 0, None
        for name, carrier in self._carriers.items():
            if isinstance(carrier, Feed):
                try:
                    page = await carrier.since(FeedQuery(cursor=cursors.get(name)))
                except PartnerError as error:
                    trouble = error
                    continue
                read, more = read + 1, more or page.more
                cursors[name] = page.cursor
                events += page.events
        if trouble is not None and not read:
            raise trouble
        return FeedPage(events=tuple(events), cursor=json.dumps(cursors) if cursors else None, more=more)

    async def close(self) -> None:
        """Close every connection."""
        for carrier in self._carriers.values():
            if isinstance(carrier, Closing):
                await carrier.close()
        if self._book is not None:
            await self._book.close()

    @property
    def _parcels(self) -> ParcelBook:
        if self._book is None:
            message = "several carriers are never asked without a book of who was"
            raise AssertionError(message)
        return self._book

    def _named(self, name: str) -> Carriers:
        carrier = self._carriers.get(name)
        if carrier is None:
            raise Uncertain("carrier", f"{name} was asked for this parcel, and is not set up any more")
        return carrier

    async def _asked(
        self, name: str, booking: Booking, troubles: dict[str, PartnerError], *, held: bool
    ) -> Label | None:
        """Ask one carrier; None: it certainly has nothing, and the next may be asked.

        Raises:
            PartnerError: it may have something, so that nobody else may be asked.
        """
        if not held and not await self._parcels.take(booking.key, booking.order_id, name):
            raise Transient("carrier", "somebody else is booking it at this moment")
        carrier = self._named(name)
        try:
            return await carrier.book(booking)
        except Uncertain:
            raise
        except PartnerError as error:
            troubles[name] = error
            await self._settle(name, booking, error, held=held)
        return None

    async def _settle(self, name: str, booking: Booking, error: PartnerError, *, held: bool) -> None:
        """Make certain that a carrier which did not book has nothing, and note so; raises the error where it may."""
        _LOG.warning("%s does not carry %s: %s", name, booking.key, error)
        if held and isinstance(error, Refused) and error.code == _BARRED:
            raise error
        if isinstance(error, Transient) and not held:
            # It is the same carrier's turn once more: most such trouble passes within a second.
            raise error
        if not isinstance(error, Refused):
            self._resting[name] = time.monotonic() + self._rest_s
        if held or error.in_doubt or isinstance(error, LostReply | Nonsense):
            undo = Undo(key=booking.key, order_id=booking.order_id, reason="another carrier is asked")
            try:
                await self._named(name).void(undo)
            except PartnerError as unsettled:
                raise error from unsettled
        await self._parcels.release(booking.key, name)

    async def _noted(self, name: str, booking: Booking, label: Label, troubles: Mapping[str, PartnerError]) -> Label:
        await self._parcels.booked(booking.key, booking.order_id, name, label.tracking_number)
        against = [f"{other}: {_short(error)}" for other, error in troubles.items()]
        note = "; ".join([f"{name}: {label.note}" if label.note else name, *against])
        return label.model_copy(update={"note": said(note)})

    async def _in_order(self, booking: Booking) -> list[str]:
        """Say who is asked first: who is well, then who wants least, then as they were named."""
        names = list(self._carriers)
        prices = await self._prices(booking, names) if self._cheapest else {}
        now = time.monotonic()

        def merit(name: str) -> tuple[bool, bool, int]:
            return self._resting.get(name, 0.0) > now, name not in prices, prices.get(name, 0)

        return sorted(names, key=merit)

    async def _prices(self, booking: Booking, names: list[str]) -> dict[str, int]:
        """Ask all that can say so what they would take; empty where that cannot be compared."""
        offering = {name: one for name in names if isinstance(one := self._carriers[name], Offering)}
        told = await asyncio.gather(*(one.offer(booking) for one in offering.values()), return_exceptions=True)
        offers = {}
        for name, offer in zip(offering, told, strict=True):
            if isinstance(offer, BaseException) and not isinstance(offer, PartnerError):
                raise offer
            if not isinstance(offer, BaseException) and offer is not None:
                offers[name] = offer
        comparable = len({offer.currency for offer in offers.values()}) == 1
        return {name: offer.amount for name, offer in offers.items()} if comparable else {}


def _nobody(troubles: Mapping[str, PartnerError]) -> PartnerError:
    """Say why nobody carries it: to be tried again where one was only not there."""
    words = "; ".join(f"{name}: {_short(error)}" for name, error in troubles.items())[:_SAID]
    pauses = [error.retry_after_s for error in troubles.values() if error.retry_after_s is not None]
    if any(not isinstance(error, Refused) for error in troubles.values()):
        return Unavailable("carrier", f"nobody carries it now: {words}", retry_after_s=min(pauses, default=None))
    codes = {error.code for error in troubles.values()}
    return Refused("carrier", f"nobody carries it: {words}", code=codes.pop() if len(codes) == 1 else "nobody_carries")


def _short(error: PartnerError) -> str:
    return str(error)[:_SAID_OF_EACH]
