"""What a contract suite needs of a warehouse itself: to be gone to, and to be looked into directly."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from activities.ports.partners import Warehouse
from models.partners.events import PartnerEvent
from tests.contracts.between import Between


class Carrying(StrEnum):
    """How the people in the warehouse carry out the next release."""

    LEAVE = "leave"
    """They do not touch it until they are told to."""
    WHOLE = "whole"
    SHORT = "short"
    """One unit of the first line cannot be found."""
    REJECT = "reject"


class Books(Protocol):
    """The partner's own books, looked at directly, and its people."""

    async def releases(self, key: str) -> int:
        """How many releases there are under a key that were not taken back."""

    async def transfers(self, key: str) -> int:
        """How many transfers there are under a key."""

    async def sent_to(self, key: str) -> str:
        """The name and address on a release, as the partner would print it."""

    async def carry_out(self, key: str, how: Carrying) -> None:
        """Have a release carried out to its end, which is now reached."""

    async def told(self, order_id: str) -> list[PartnerEvent]:
        """What the partner has told of an order, in the order of telling."""


@dataclass
class Stand:
    """One warehouse, the way to it, and a look behind it."""

    adapter: Warehouse
    way: Between
    books: Books
    will: Callable[[Carrying], Awaitable[None]]
    """Say how the next release is to be carried out: some have to know before it comes."""
    hasty: Warehouse
    """The same warehouse, waited for half a second at most."""
    making: tuple[str, str]
    """Method and part of the path of the request that makes a release."""
    moving: tuple[str, str]
    """The same for a transfer."""
    stopping: tuple[str, str]
    """The same for a recall."""
