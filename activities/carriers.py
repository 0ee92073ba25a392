"""What an order asks of the carrier."""

from temporalio import activity

from activities.ports.partners import Carriers
from models.partners.asking import Done, Undo, Undone
from models.partners.carriers import Booking, Label, Redelivery


class CarrierActivities:
    """Verbs over the carrier's port."""

    def __init__(self, carriers: Carriers) -> None:
        """Speak to this carrier."""
        self._carriers = carriers

    @activity.defn(name="carrier.book")
    async def book(self, booking: Booking) -> Label:
        return await self._carriers.book(booking)

    @activity.defn(name="carrier.deliver_again")
    async def deliver_again(self, redelivery: Redelivery) -> Done:
        return await self._carriers.deliver_again(redelivery)

    @activity.defn(name="carrier.void")
    async def void(self, undo: Undo) -> Undone:
        return await self._carriers.void(undo)
