"""The read path beside the orders: numbers worked out before, remembered for a second, over connections of its own."""

from __future__ import annotations

import asyncio
import hashlib
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from activities.records.orders import ApiKeys, Principal
    from activities.records.stock import Inventory
    from models.stock.publication import Published

T = TypeVar("T")

FRESH_S = 1.0
_AT_ONCE = 2
_MOST = 100_000


class Remembered(Generic[T]):
    """Answers that stay good for a moment."""

    def __init__(self, fresh_s: float, now: Callable[[], float], most: int = _MOST) -> None:
        """Keep each for so many seconds, and never many more than `most`."""
        self._fresh_s = fresh_s
        self._now = now
        self._most = most
        self._kept: dict[Hashable, tuple[float, T]] = {}

    def get(self, key: Hashable) -> tuple[T] | None:
        """The answer, if there is a fresh one."""
        kept = self._kept.get(key)
        return (kept[1],) if kept is not None and self._now() < kept[0] else None

    def put(self, key: Hashable, answer: T) -> None:
        """Remember an answer."""
        if len(self._kept) >= self._most:
            # Seldom, since most are asked for again: what is fresh now is read again once.
            self._kept.clear()
        self._kept[key] = (self._now() + self._fresh_s, answer)


class QuickReads:
    """What channels may show. However many ask, two at once ask the database, and never over the orders' pool."""

    def __init__(
        self,
        inventory: Inventory,
        api_keys: ApiKeys,
        *,
        fresh_s: float = FRESH_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read from an inventory and keys that have a small pool of connections to themselves."""
        self._inventory = inventory
        self._api_keys = api_keys
        self._offers: Remembered[Published | None] = Remembered(fresh_s, now)
        self._callers: Remembered[Principal | None] = Remembered(fresh_s, now)
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def verify(self, key: str) -> Principal | None:
        """Who holds this key, known a second ago at the latest; None for nobody."""
        # Not the key itself: what is remembered may end up in a dump of the process.
        name = hashlib.sha256(key.encode()).digest()
        if (known := self._callers.get(name)) is None:
            async with self._turn:
                if (known := self._callers.get(name)) is None:
                    known = (await self._api_keys.verify(key),)
                    self._callers.put(name, known[0])
        return known[0]

    async def offered(self, channel: str, skus: tuple[str, ...]) -> tuple[Published, ...]:
        """What a channel may show of these, in their order; those it was never told of are left out."""
        found = {sku: self._offers.get((channel, sku)) for sku in skus}
        if None in found.values():
            async with self._turn:
                # Whoever had the turn before may have asked for the same.
                found = {sku: self._offers.get((channel, sku)) for sku in skus}
                await self._ask(channel, found)
        return tuple(known[0] for known in found.values() if known is not None and known[0] is not None)

    async def _ask(self, channel: str, found: dict[str, tuple[Published | None] | None]) -> None:
        missing = tuple(sku for sku, known in found.items() if known is None)
        if not missing:
            return
        read = {one.sku: one for one in await self._inventory.offered(channel, missing)}
        for sku in missing:
            self._offers.put((channel, sku), read.get(sku))
            found[sku] = (read.get(sku),)
