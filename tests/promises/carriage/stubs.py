"""Carriers that do as they are told, and a book kept in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from models.errors import PartnerError
from models.money import Money
from models.partners.asking import Done, Undo, Undone
from models.partners.carriers import Booking, Label, Redelivery

_numbers = count(1)


@dataclass
class Told:
    """A carrier; each booking meets the next of its troubles."""

    name: str
    price: int | None = None
    troubles: list[PartnerError | None] = field(default_factory=list)
    """What goes wrong next; None: nothing does."""
    books_all_the_same: bool = False
    """Whether a booking that fails is done nevertheless."""
    cannot_void: PartnerError | None = None
    labels: dict[str, Label] = field(default_factory=dict)
    voided: list[str] = field(default_factory=list)
    asked: int = 0

    async def book(self, booking: Booking) -> Label:
        self.asked += 1
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is None or self.books_all_the_same:
            number = f"{self.name}-{next(_numbers)}"
            label = Label(reference=number, carrier=self.name, service="parcel", tracking_number=number)
            self.labels.setdefault(booking.key, label)
        if trouble is not None:
            raise trouble
        return self.labels[booking.key]

    async def void(self, undo: Undo) -> Undone:
        if self.cannot_void is not None:
            raise self.cannot_void
        self.voided.append(undo.key)
        return Undone(happened=self.labels.pop(undo.key, None) is not None)

    async def deliver_again(self, redelivery: Redelivery) -> Done:
        return Done(reference=f"again {redelivery.tracking_number}")

    async def offer(self, booking: Booking) -> Money | None:
        del booking
        return None if self.price is None else Money(amount=self.price, currency="EUR")


class PocketBook:
    """`ParcelBook` in memory."""

    def __init__(self) -> None:
        self.holders: dict[str, str | None] = {}
        self.numbers: dict[str, str] = {}

    async def holder(self, key: str) -> str | None:
        return self.holders.get(key)

    async def take(self, key: str, order_id: str, holder: str) -> bool:
        del order_id
        if self.holders.get(key) is not None:
            return False
        self.holders[key] = holder
        return True

    async def release(self, key: str, holder: str) -> None:
        if self.holders.get(key) == holder:
            self.holders[key] = None

    async def booked(self, key: str, order_id: str, holder: str, tracking_number: str) -> None:
        self.holders[key] = self.holders.get(key) or holder
        self.numbers[tracking_number] = order_id

    async def order_of(self, tracking_number: str) -> str | None:
        return self.numbers.get(tracking_number)

    async def close(self) -> None:
        return None
