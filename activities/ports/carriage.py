"""What adapters to carriers keep in our own store: who was asked for which parcel, and whose parcel a number is."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


class ParcelBook(Protocol):
    """Our note of each booking; it outlives whoever made it."""

    async def holder(self, key: str) -> str | None:
        """Name the carrier that has, or may have, the parcel booked under a key; None: none has."""

    async def take(self, key: str, order_id: str, holder: str) -> bool:
        """Note that this carrier is about to be asked; False where another one, or this one, is noted already."""

    async def release(self, key: str, holder: str) -> None:
        """Note that this carrier certainly has nothing under the key."""

    async def booked(self, key: str, order_id: str, holder: str, tracking_number: str) -> None:
        """Note the number under which it is known at the carrier; whoever was noted as holder stays it."""

    async def order_of(self, tracking_number: str) -> str | None:
        """Find the order that a parcel is of."""

    async def close(self) -> None:
        """Close every connection."""


@runtime_checkable
class Remembering(Protocol):
    """An adapter to carriers that needs the book: its carriers know parcels by number only, or it has several."""

    def remember_in(self, parcels: ParcelBook) -> None:
        """Keep notes there; it is closed with the adapter."""
