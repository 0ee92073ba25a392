"""What a contract suite needs of a channel itself: to be bought at, and to be looked into directly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from models.money import Money
from models.order.document import OrderDocument


@dataclass(frozen=True)
class Wanted:
    """So many of a listed article, at a price each in minor units."""

    sku: str
    quantity: int = 1
    price: int = 1000


@dataclass(frozen=True)
class Placed:
    """An order as its customer made it at the channel; nobody told us."""

    external_id: str
    lines: tuple[str, ...]
    """The channel's own ids of the lines, in the order they were wanted."""
    wanted: tuple[Wanted, ...]
    currency: str

    @property
    def total(self) -> Money:
        """What the customer paid."""
        return Money(amount=sum(line.quantity * line.price for line in self.wanted), currency=self.currency)


@dataclass(frozen=True)
class BookedParcel:
    """A parcel the channel shows."""

    carrier: str
    tracking_number: str
    lines: Mapping[str, int]
    """Quantities by the channel's line id."""


@dataclass(frozen=True)
class BookedRefund:
    """Money the channel says went back."""

    amount: Money
    moved: bool
    """Whether the channel moved it itself; else it only notes it."""


class ChannelBooks(Protocol):
    """A channel, looked at past the adapter: its own screens, its own database, or a stand-in's memory."""

    channel: str
    """The name it is connected by."""
    url: str
    """Where the adapter would go."""
    articles: tuple[str, ...]
    """Articles it lists, at least three."""

    async def place(self, *wanted: Wanted, currency: str = "EUR", buyer: str = "Ada Byron") -> Placed:
        """Let a customer buy, and pay at the channel."""

    async def together(self, count: int) -> list[Placed]:
        """Let as many orders be placed, all of them changed last at the same moment by the channel's clock."""

    async def touch(self, placed: Placed) -> None:
        """Change something about an order at the channel, such as its note."""

    async def cancel(self, placed: Placed, *quantities: int) -> None:
        """Let the channel's own staff cancel so many of each line; the whole order where no line is named."""

    async def give_back(self, placed: Placed, amount: int) -> None:
        """Let the channel's own staff give back so many minor units, for no goods in particular."""

    async def parcels(self, placed: Placed) -> list[BookedParcel]:
        """What was sent, as the channel has it."""

    async def cancelled(self, placed: Placed) -> dict[str, int]:
        """What will not be delivered, by line id; lines of which nothing was cancelled are left out."""

    async def refunds(self, placed: Placed) -> list[BookedRefund]:
        """What went back."""

    async def stock(self) -> dict[str, int]:
        """What it offers for sale, by SKU."""

    async def listed(self, sku: str) -> str:
        """List one more article, of which nothing may be sold yet; answers its SKU."""

    async def throttle(self) -> float:
        """Let the channel refuse the next request in its own way of throttling; answers the wait it asks for, s."""

    def read(self, payload: bytes) -> OrderDocument:
        """Read one payload by the channel's format, as intake does; fails where it is refused."""


def lines_of(placed: Placed, quantities: Sequence[int]) -> list[tuple[str, str, int]]:
    """Line id, SKU and quantity of those lines of which any are meant."""
    named = zip(placed.lines, placed.wanted, quantities, strict=False)
    return [(line, wanted.sku, quantity) for line, wanted, quantity in named if quantity]
