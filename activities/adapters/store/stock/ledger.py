"""The stock ledger on our own database: the port, and each verb's transaction."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.stock import picture
from activities.adapters.store.stock.events import happenings
from activities.adapters.store.stock.movements import OURSELVES, BalanceRefused
from activities.adapters.store.stock.nodes import known_nodes
from activities.adapters.store.stock.queue import backorders
from activities.adapters.store.stock.queue.expecting import after_event
from activities.adapters.store.stock.queue.filling import fill_for
from activities.adapters.store.stock.reservations import reserving, settling
from activities.adapters.store.stock.reservations.claims import standing
from activities.adapters.store.stock.transaction import in_transaction
from models.errors import Transient
from models.policy.releasing import outlook
from models.stock.reservation import ReservationState

if TYPE_CHECKING:
    from collections.abc import Collection

    from activities.adapters.store.database import Database
    from activities.adapters.store.stock.reservations.claims import KeptClaim
    from models.policy.book import PolicyBook
    from models.stock.backorders import BackorderAnswer, BackorderRequest
    from models.stock.events import StockEvent, StockEventAnswer
    from models.stock.outlook import ReleaseCheck, ReleaseOutlook
    from models.stock.quantities import Balance
    from models.stock.reservation import (
        Consumption,
        ReservationAnswer,
        ReservationCommit,
        ReservationExtension,
        ReservationRelease,
        ReservationRequest,
        ReservationStanding,
    )


class SqlStockLedger:
    """What may be promised, exact on SQLite and PostgreSQL: `activities.ports.stock.StockLedger`."""

    def __init__(self, database: Database, policies: PolicyBook, now: Clock = utc_now) -> None:
        """Keep the ledger in this database, whose tables the migrations have made, by these rules."""
        self._database = database
        self._policies = policies
        self._now = now

    async def reserve(self, request: ReservationRequest) -> ReservationAnswer:
        """Source and reserve: all of it, or what policy lets go ahead; says what is to be done about the rest.

        A key under which something was granted gets its first allocations; a refused one may be asked again.

        Raises:
            Conflict: the key stands for other needs or another order, or was released before it was granted.
            InvalidInput: a line wants more of an article than one line may.
            NotFound: there is no such version of the policies.
            Transient: the database is too busy.
        """
        return await reserving.reserve(self._database, self._policies, request, self._now())

    async def backorder(self, request: BackorderRequest) -> BackorderAnswer:
        """Take a place in the queue; filled at once where stock has come in the meantime."""
        return await backorders.backorder(self._database, self._policies, request, self._now())

    async def extend(self, extension: ReservationExtension) -> ReservationStanding:
        """Hold a reservation longer; one whose time has run out is let go instead, and the answer says it.

        Raises:
            Conflict: it belongs to another order.
            NotFound: there is no such reservation.
            Transient: the database is too busy.
        """
        work = partial(settling.extend, wanted=extension, now=self._now())
        return await self._standing(await in_transaction(self._database, work))

    async def commit(self, commit: ReservationCommit) -> ReservationStanding:
        """Make a held reservation firm; one whose time has run out is let go instead, and the answer says it.

        Raises:
            Conflict: it belongs to another order.
            NotFound: there is no such reservation.
            Transient: the database is too busy.
        """
        work = partial(settling.commit, wanted=commit, now=self._now())
        return await self._standing(await in_transaction(self._database, work))

    async def release(self, release: ReservationRelease) -> None:
        """Give back what is still reserved under a key, or a part of it; asked again, nothing happens.

        Raises:
            Conflict: the key belongs to another order, or the part's key was used for something else.
            InvalidInput: a part without a key of its own.
            NotFound: a part of a reservation that is not there.
            Transient: the database is too busy.
        """
        work = partial(settling.release, wanted=release, now=self._now())
        await self._serve(await in_transaction(self._database, work))

    async def consume(self, consumption: Consumption) -> None:
        """Take shipped goods out of reservation and off the shelf, once a key.

        Raises:
            Conflict: more than is reserved there for the line, the reservation was released, or it or the key belongs
                to something else.
            NotFound: there is no such reservation.
            Transient: the database is too busy.
        """
        work = partial(settling.consume, shipment=consumption, now=self._now())
        try:
            freed = await in_transaction(self._database, work)
        except BalanceRefused:
            freed = await in_transaction(self._database, partial(work, believe_lots=False))
        await self._serve(freed)

    async def consume_beyond(self, consumption: Consumption) -> None:
        """Take shipped goods off the shelf though the reservation has less of them; each part once a key.

        What is reserved is consumed, the rest is written as goods that had left unreserved.

        Raises:
            Conflict: the reservation or the key belongs to something else.
            Transient: the database is too busy.
        """
        async with self._database.reading() as connection:
            reserved, beyond = await settling.parted(connection, consumption, self._now())
        if reserved is not None:
            await self.consume(reserved)
        for event in beyond:
            await self.apply(event, source=OURSELVES)

    async def outlook(self, check: ReleaseCheck) -> ReleaseOutlook:
        """Look at nodes and lots once more, right before goods are released; shelves only where lots are kept."""
        skus = {allocation.sku for allocation in check.allocations if allocation.lot}
        async with self._database.reading() as connection:
            nodes = await known_nodes(connection, {allocation.node for allocation in check.allocations})
            shelves = await picture.shelves(connection, skus) if skus else ()
        return outlook(check, nodes, shelves, self._now())

    async def apply(self, event: StockEvent, *, source: str) -> StockEventAnswer:
        """Write what happened to stock, told by `source`, once a source and event id; then serve who waits for it.

        Raises:
            Conflict: the id was used for something else.
            InvalidInput: what is told cannot be so.
            Transient: the database is too busy.
        """
        now = self._now()
        answer = await happenings.apply(self._database, event, source, now)
        await after_event(self._database, self._policies, event, now)
        return answer

    async def balances(self, skus: tuple[str, ...]) -> tuple[Balance, ...]:
        """What each node has of these articles, lot by lot."""
        async with self._database.reading() as connection:
            return await picture.balances(connection, skus)

    async def _standing(self, kept: KeptClaim) -> ReservationStanding:
        if kept.claim.state is ReservationState.EXPIRED:
            await self._serve({line.place.sku for line in kept.claim.lines})
        return standing(kept.claim)

    async def _serve(self, freed: Collection[str]) -> None:
        """Give what was freed to those who wait for it; where the database is too busy, the next sweep does."""
        if freed:
            with suppress(Transient):
                await fill_for(self._database, self._policies, freed, self._now())
