"""Labels bought once, at hubs that know no idempotency keys.

A parcel is first noted at the hub under our key, as a draft, and only a draft that is found there is bought. A hub
sells a draft once, so that a reply may get lost, or the process end, after any exchange: what comes next begins with
looking up what there is. Two drafts under one key do no harm, since the one that was bought counts, else the older.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from activities.adapters.carriage.hub import HubState
from activities.adapters.carriage.telling import said
from activities.adapters.http import LostReply, Nonsense
from models.carriage.rates import choose
from models.errors import PartnerError, Refused, Transient, Uncertain
from models.partners.asking import Undone

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from activities.adapters.carriage.hub import Hub, HubParcel
    from activities.adapters.carriage.options import HubOptions
    from activities.ports.carriage import ParcelBook
    from models.carriage.rates import RateChoice
    from models.money import Money
    from models.partners.asking import Done, Undo
    from models.partners.carriers import Booking, Label, Redelivery

Answer = TypeVar("Answer")
_LOG = logging.getLogger(__name__)
_DOUBTS = (LostReply, Nonsense, Uncertain)
_SOLD = {HubState.BOUGHT, HubState.GONE}
_BEST_FIRST = (HubState.GONE, HubState.BOUGHT, HubState.VOID, HubState.DRAFT)
_WORDS = 500


class Buying:
    """Answers the carriers' port, over a hub."""

    def __init__(self, hub: Hub, options: HubOptions) -> None:
        """Buy at this hub what the options allow."""
        self._hub = hub
        self._options = options
        self.parcels: ParcelBook | None = None

    def remember_in(self, parcels: ParcelBook) -> None:
        """Note there which parcel is of which order: what moves it says only its number."""
        self.parcels = parcels

    async def offer(self, booking: Booking) -> Money | None:
        """Say what a parcel would cost with the service that would be taken; None: there is none, or it is booked."""
        parcel = await self._offered(booking)
        taken = self._choice(booking, parcel).taken
        return None if taken is None or parcel.state is not HubState.DRAFT else taken.cost

    async def book(self, booking: Booking) -> Label:
        """Book a parcel with the cheapest carrier whose service keeps the promise."""
        parcel = await self._offered(booking)
        if parcel.state is HubState.VOID:
            raise Refused(self._hub.partner, "the label was voided", code="undone_before")
        if parcel.state in _SOLD:
            return await self._noted(booking, self._label(parcel))
        return await self._noted(booking, await self._bought(booking, parcel, self._choice(booking, parcel)))

    async def void(self, undo: Undo) -> Undone:
        """Give back whatever was bought under the key, and forget its drafts, so that they cannot be bought later."""
        happened = False
        for parcel in await self._hub.find(undo.key):
            if parcel.state is HubState.GONE:
                raise Refused(self._hub.partner, "the parcel is on its way", code="already_handed_over")
            if parcel.state is not HubState.VOID:
                await self._cancelled(undo.key, parcel)
            happened = happened or parcel.label is not None
        return Undone(happened=happened)

    async def deliver_again(self, redelivery: Redelivery) -> Done:
        """Refuse: no carrier takes this through a hub; a person has to call the carrier."""
        message = f"takes no orders to deliver {redelivery.tracking_number} again: the carrier itself has to be called"
        raise Refused(self._hub.partner, message, code="cannot_redeliver")

    async def close(self) -> None:
        """Close every connection."""
        await self._hub.close()
        if self.parcels is not None:
            await self.parcels.close()

    async def _offered(self, booking: Booking) -> HubParcel:
        """Find what there is under the key, or note it; a draft comes with what carriers offer now."""
        parcel = await self._found(booking.key)
        if parcel is None:
            return await self._drafted(booking)
        if parcel.order_id != booking.order_id:
            raise Uncertain(self._hub.partner, f"has a parcel of {parcel.order_id or 'nobody'} under this key")
        # What it was offered before may have been days ago.
        return await self._hub.rated(parcel) if parcel.state is HubState.DRAFT else parcel

    def _choice(self, booking: Booking, parcel: HubParcel) -> RateChoice:
        return choose(parcel.rates, self._options.services, booking.service_level, self._options.currency)

    async def _noted(self, booking: Booking, label: Label) -> Label:
        if self.parcels is not None:
            await self.parcels.booked(booking.key, booking.order_id, label.carrier, label.tracking_number)
        return label

    async def _found(self, key: str) -> HubParcel | None:
        found = await self._hub.find(key)
        if sum(parcel.state in _SOLD for parcel in found) > 1:
            _LOG.warning("%s has sold more than one label under %s", self._hub.partner, key)
        return min(found, key=lambda parcel: _BEST_FIRST.index(parcel.state), default=None)

    async def _drafted(self, booking: Booking) -> HubParcel:
        try:
            return await self._hub.draft(booking)
        except _DOUBTS as doubt:
            found = await self._settled(doubt, self._found(booking.key))
            if found is None:
                raise self._undone(doubt, "it was not noted") from doubt
            return found if found.state is not HubState.DRAFT else await self._hub.rated(found)

    async def _bought(self, booking: Booking, parcel: HubParcel, choice: RateChoice) -> Label:
        if choice.taken is None:
            words = f"no service may be bought for this parcel: {choice.told()} {parcel.remarks}".strip()
            raise Refused(self._hub.partner, words[:_WORDS], code="no_service")
        try:
            bought = await self._hub.buy(parcel, choice.taken)
        except _DOUBTS as doubt:
            found = await self._settled(doubt, self._found(booking.key))
            if found is None or found.state not in _SOLD:
                raise self._undone(doubt, "it was not bought") from doubt
            bought = found
        _LOG.info("%s: %s", booking.key, choice.told())
        return self._label(bought).model_copy(update={"note": said(choice.told())})

    async def _cancelled(self, key: str, parcel: HubParcel) -> None:
        try:
            await self._hub.cancel(parcel)
        except _DOUBTS as doubt:
            found = await self._settled(doubt, self._hub.find(key))
            now = next((one for one in found if one.reference == parcel.reference), parcel)
            if now.state is HubState.GONE:
                raise Refused(self._hub.partner, "the parcel is on its way", code="already_handed_over") from doubt
            if now.state is not HubState.VOID:
                raise self._undone(doubt, "it was not cancelled") from doubt

    async def _settled(self, doubt: PartnerError, look_up: Awaitable[Answer]) -> Answer:
        """Look up what became of it, after a reply that was lost or made no sense."""
        try:
            return await look_up
        except PartnerError as error:
            words = f"{doubt}; and it could not be looked up: {error}"
            raise Transient(self._hub.partner, words, in_doubt=True, retry_after_s=error.retry_after_s) from error

    def _undone(self, doubt: PartnerError, outcome: str) -> PartnerError:
        """Say that nothing came of it, as far as the hub knows by now; asking again is safe."""
        if isinstance(doubt, Uncertain):
            return Uncertain(self._hub.partner, str(doubt), code=doubt.code)
        return Transient(self._hub.partner, f"{doubt}; {outcome}", in_doubt=True)

    def _label(self, parcel: HubParcel) -> Label:
        if parcel.label is None:
            raise Uncertain(self._hub.partner, f"has sold {parcel.reference}, but names no label of it")
        return parcel.label
