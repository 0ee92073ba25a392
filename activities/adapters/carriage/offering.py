"""Carriers that can say what a parcel would cost before it is booked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from models.money import Money
    from models.partners.carriers import Booking


@runtime_checkable
class Offering(Protocol):
    """An adapter to such a carrier. Asking costs nothing, and may be done any number of times."""

    async def offer(self, booking: Booking) -> Money | None:
        """Say what a parcel would cost with the service that would be taken; None: there is none."""
