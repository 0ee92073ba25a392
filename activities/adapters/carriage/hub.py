"""What a hub of carriers can do, each in one exchange; buying safely is made of these."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from models.carriage.rates import Rate
    from models.partners.carriers import Booking, Label


class HubState(Enum):
    """What became of a parcel that a hub knows."""

    DRAFT = auto()
    """Nothing has been bought for it."""
    BOUGHT = auto()
    GONE = auto()
    """Bought, and on its way or at its end: the label cannot be given back."""
    VOID = auto()


@dataclass(frozen=True)
class HubParcel:
    """A parcel as the hub has it."""

    reference: str
    """The hub's own id."""
    order_id: str
    """The order that is noted with it; empty: none is."""
    state: HubState
    label: Label | None = None
    """What was bought, void or not."""
    rates: tuple[Rate, ...] = ()
    """What carriers offer, where they were asked already."""
    remarks: str = ""
    """What carriers who offer nothing say."""


class Hub(Protocol):
    """One hub. Each raises only `models.errors.PartnerError`."""

    partner: str

    async def find(self, key: str) -> list[HubParcel]:
        """List what there is under a key, the oldest first: a question."""

    async def draft(self, booking: Booking) -> HubParcel:
        """Note a parcel under the booking's key; nothing is bought, and doing it twice costs nothing."""

    async def rated(self, parcel: HubParcel) -> HubParcel:
        """Ask carriers what they would take for a draft."""

    async def buy(self, parcel: HubParcel, rate: Rate) -> HubParcel:
        """Buy the label of a draft; a draft is bought once."""

    async def cancel(self, parcel: HubParcel) -> None:
        """Give a label back, or forget a draft."""

    async def close(self) -> None:
        """Close every connection."""
