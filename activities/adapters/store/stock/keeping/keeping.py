"""Keeping stock as time goes by: `activities.ports.stock.StockKeeping` on our own database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.stock.books import auditing, comparing
from activities.adapters.store.stock.keeping import fencing
from activities.adapters.store.stock.queue import expiring
from activities.adapters.store.stock.queue.expecting import reforecast
from activities.adapters.store.stock.queue.filling import fill_for
from activities.adapters.store.stock.queue.waiting import waited_for

if TYPE_CHECKING:
    from collections.abc import Collection

    from activities.adapters.store.database import Database
    from models.partners.warehouse import NodeCount
    from models.policy.book import PolicyBook
    from models.stock.differences import Difference, DifferenceKind


class SqlStockKeeping:
    """What has to be done about stock though nobody asks for it; each call may be repeated, by several at once."""

    def __init__(self, database: Database, policies: PolicyBook, now: Clock = utc_now) -> None:
        """Keep the stock in this database, whose tables the migrations have made, by these rules."""
        self._database = database
        self._policies = policies
        self._now = now

    async def expire(self, *, limit: int) -> int:
        """Let go of held reservations and backorders whose time has run out; answers how many.

        What is freed goes to those who wait for it. What is left of expired lots is put into quarantine.

        Raises:
            Transient: the database is too busy.
        """
        now = self._now()
        await expiring.quarantine_outdated(self._database, now)
        count, freed = await expiring.let_go(self._database, now, limit=limit)
        await self._serve(freed)
        return count

    async def fill(self, *, limit: int) -> int:
        """Serve backorders that stock has come for, in policy's order; answers how many were filled.

        Stock is given out as it comes; this finds what a crash in between has left, and what a change of rules allows.

        Raises:
            Transient: the database is too busy.
        """
        now = self._now()
        async with self._database.reading() as connection:
            skus = await waited_for(connection, now)
        filled = await fill_for(self._database, self._policies, skus, now, most=limit)
        await reforecast(self._database, self._policies, skus, now)
        return filled

    async def fence(self) -> int:
        """Set aside, and let go, what the rules of ring-fencing and of spikes ask for; answers units moved.

        Raises:
            Transient: the database is too busy.
        """
        rules = self._policies.current.stock.availability
        units, freed = await fencing.fence(self._database, rules, self._now())
        await self._serve(freed)
        return units

    async def audit(self) -> tuple[Difference, ...]:
        """Compare movements, balances, reservations and orders; writes the differences down and answers them."""
        return await auditing.audit_books(self._database, self._now())

    async def compare(self, kind: DifferenceKind, theirs: tuple[NodeCount, ...]) -> tuple[Difference, ...]:
        """Compare what lies on the shelves with another's books; writes the differences down and answers them."""
        rules = self._policies.current.stock.drift
        return await comparing.compare(self._database, rules, kind, theirs, self._now())

    async def _serve(self, freed: Collection[str]) -> None:
        if freed:
            await fill_for(self._database, self._policies, freed, self._now())
            await reforecast(self._database, self._policies, freed, self._now())
