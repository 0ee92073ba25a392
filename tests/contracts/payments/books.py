"""What a payment provider's own books say, read past the adapter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from activities.adapters.partners import Closing
from tests.contracts.payments.asks import new_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from activities.ports.partners import Payments
    from models.money import Money
    from tests.contracts.between import Between


_PATIENT_S = 60.0
"""No test is about how fast a provider answers, but those of the hasty adapter."""


@dataclass(frozen=True)
class Tokens:
    """What customers pay with."""

    good: str
    declined: str
    insufficient: str
    """Declined, for there is not enough money."""


@dataclass(frozen=True)
class Paid:
    """One authorisation that the provider did give, and what became of it."""

    reference: str
    authorised: Money
    captured: Money
    refunded: Money
    refunds: int
    """How often something was given back."""
    capturable: bool
    """Whether more can be taken."""


class PaymentBooks(Protocol):
    """A provider's books."""

    url: str
    """Where an adapter is to go."""
    tokens: Tokens

    async def paid(self, order: str) -> list[Paid]:
        """What was authorised for an order."""


class Till:
    """All that a test has in hand."""

    def __init__(self, books: PaymentBooks, way: Between, make: Callable[[str, float], Payments]) -> None:
        self.order = new_order()
        """One nobody has heard of."""
        self.books = books
        self.way = way
        self._make = make
        self._made: list[Payments] = []

    @cached_property
    def payments(self) -> Payments:
        return self._adapter(_PATIENT_S)

    @cached_property
    def afterwards(self) -> Payments:
        """The adapter of another worker, which remembers nothing."""
        return self._adapter(_PATIENT_S)

    @cached_property
    def hasty(self) -> Payments:
        """An adapter that waits only briefly."""
        return self._adapter(0.5)

    def _adapter(self, timeout_s: float) -> Payments:
        made = self._make(self.way.url, timeout_s)
        self._made.append(made)
        return made

    async def close(self) -> None:
        for adapter in self._made:
            if isinstance(adapter, Closing):
                await adapter.close()
