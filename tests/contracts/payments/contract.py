"""The contract of every payment provider: whichever it is, money moves once, and never more than there is.

A subclass a provider gives three things: `make`, which connects its adapter to an address; a fixture `books`, which
looks at the provider past the adapter; and `strikes`, which says by which request each deed is asked for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import ClassVar

import pytest

from activities.ports.partners import Payments
from tests.contracts.between import Fault, between, on
from tests.contracts.payments.authorising import AuthorisingContract
from tests.contracts.payments.books import PaymentBooks, Till
from tests.contracts.payments.moving import MovingContract
from tests.contracts.payments.trouble import TroubleContract


class PaymentsContract(AuthorisingContract, MovingContract, TroubleContract):
    """All of it."""

    exceptions: ClassVar[Mapping[str, str]] = {}
    """What this provider cannot do: the test's name, and why."""
    strikes: ClassVar[Mapping[str, tuple[str, str]]]
    """By which request ``authorise``, ``capture``, ``void``, ``refund`` and ``look up`` are asked for: its method, and
    a part of its path."""

    def make(self, url: str, timeout_s: float) -> Payments:
        """Connect the adapter to an address."""
        raise NotImplementedError

    def striking(self, fault: Fault, what: str) -> Fault:
        """Let a fault strike the request that asks for this."""
        return on(fault, *self.strikes[what])

    @pytest.fixture(autouse=True)
    def _able(self, request: pytest.FixtureRequest) -> None:
        reason = self.exceptions.get(request.node.originalname or request.node.name)
        if reason is not None:
            pytest.skip(f"{type(self).__name__}: {reason}")

    @pytest.fixture
    async def till(self, books: PaymentBooks) -> AsyncIterator[Till]:
        async with between(books.url) as way:
            till = Till(books, way, self.make)
            yield till
            await till.close()
