"""The contract of every channel: whichever shop it is, told and read, it keeps these promises.

A subclass a channel gives three things: `make`, which connects its adapter to an address; a fixture `books`, which
looks at the channel past the adapter; and `strikes`, which says by which request each effect is asked for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import ClassVar

import pytest

from activities.adapters.partners import Closing
from activities.ports.channels import Channel
from tests.contracts.between import Between, Fault, between, on
from tests.contracts.channels.books import ChannelBooks
from tests.contracts.channels.offering import OfferingContract
from tests.contracts.channels.reading import ReadingContract
from tests.contracts.channels.refunding import RefundingContract
from tests.contracts.channels.telling import TellingContract
from tests.contracts.channels.trouble import TroubleContract


class ChannelContract(TellingContract, RefundingContract, OfferingContract, ReadingContract, TroubleContract):
    """All of it."""

    exceptions: ClassVar[Mapping[str, str]] = {}
    """What this channel cannot do: the test's name, and why."""
    strikes: ClassVar[Mapping[str, tuple[str, str, str]]]
    """By which request ``fulfilment``, ``cancellation``, ``part``, ``refund`` and ``offers`` are asked for, and
    ``orders`` read: its method, a part of its path, and a part of its body."""
    currencies: ClassVar[tuple[str, ...]] = ("EUR", "JPY", "KWD")
    """With two, no and three decimals."""

    def make(self, url: str, timeout_s: float) -> Channel:
        """Connect the adapter to an address."""
        raise NotImplementedError

    def striking(self, fault: Fault, what: str) -> Fault:
        """Let a fault strike the request that asks for this."""
        method, part, within = self.strikes[what]
        return on(fault, method, part, within)

    @pytest.fixture(autouse=True)
    def _able(self, request: pytest.FixtureRequest) -> None:
        reason = self.exceptions.get(request.node.originalname or request.node.name)
        if reason is not None:
            pytest.skip(f"{type(self).__name__}: {reason}")

    @pytest.fixture
    async def way(self, books: ChannelBooks) -> AsyncIterator[Between]:
        async with between(books.url) as way:
            yield way

    @pytest.fixture
    async def shop(self, way: Between) -> AsyncIterator[Channel]:
        adapter = self.make(way.url, 5.0)
        yield adapter
        if isinstance(adapter, Closing):
            await adapter.close()

    @pytest.fixture
    async def afterwards(self, way: Between) -> AsyncIterator[Channel]:
        """The adapter of another worker, which remembers nothing."""
        adapter = self.make(way.url, 5.0)
        yield adapter
        if isinstance(adapter, Closing):
            await adapter.close()

    def test_every_exception_names_a_promise(self):
        assert [name for name in self.exceptions if not hasattr(self, name)] == []
