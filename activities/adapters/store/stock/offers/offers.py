"""What channels are to be told, worked out from what has changed: `activities.ports.stock.StockOffers`."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from activities.adapters.store.clock import utc_now
from activities.adapters.store.stock.keeping.spiking import spiking
from activities.adapters.store.stock.nodes import forget_nodes
from activities.adapters.store.stock.offers import offer_rows
from activities.adapters.store.stock.offers.counter_sales import daily_sales
from activities.adapters.store.stock.picture import look
from activities.adapters.store.stock.transaction import in_transaction
from models.policy.stock.promising.availability import availability
from models.policy.stock.publishing import batch_of, published_channels
from models.stock.availability import AvailabilityQuestion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.clock import Clock
    from activities.adapters.store.database import Database
    from models.policy.book import PolicyBook
    from models.stock.picture import Picture
    from models.stock.publication import OfferBatch

_AT_ONCE = 50
"""Changes of one transaction: on SQLite every other writer waits for it, and requests wait for the arithmetic."""
_RECONSIDERED = 500
"""Articles that are worked out again though nothing happened to them: few, for what has happened waits behind them."""
_SPIKES_EVERY = timedelta(seconds=30)
"""How often it is looked whether a spike is over."""


class SqlStockOffers:
    """Numbers for channels, by the rules in force. Any number of processes may work on them side by side."""

    def __init__(self, database: Database, policies: PolicyBook, clock: Clock = utc_now) -> None:
        """Keep them in this database, whose tables the migrations have made."""
        self._database = database
        self._clock = clock
        self._version = policies.current.version
        self._stock = policies.current.stock
        self._rules = self._stock.availability
        self._told = published_channels(self._rules.channels)
        self._spikes: set[tuple[str, str]] = set()
        self._spikes_at = clock()

    async def changed(self) -> tuple[str, ...]:
        """Work out what has changed for each channel; answers the channels that have something to hear.

        Also those that were found before and have not been told yet: whoever was to tell them may have died.

        Raises:
            Transient: the database is too busy.
        """
        await self._end_spikes()
        async with self._database.reading() as connection:
            some = await offer_rows.any_changes(connection)
        while some:
            some = await in_transaction(self._database, self._work_out) == _AT_ONCE
        async with self._database.reading() as connection:
            return await offer_rows.waiting_channels(connection, self._told)

    async def reconsider(self, after: str = "") -> str | None:
        """Have some articles worked out again by the next `changed`: the next after this one; answers the last of them.

        For what changes a number though nothing happens: other rules, a channel that is new, a day that makes a lot too
        old. None: there are no more.

        Raises:
            Transient: the database is too busy.
        """
        work = partial(offer_rows.reconsider_next, after=after, most=_RECONSIDERED, now=self._clock())
        return await in_transaction(self._database, work)

    async def next_batch(self, channel: str) -> OfferBatch | None:
        """What the channel is to hear next, the longest waiting first; None: it has heard everything."""
        most = self._rules.channel(channel).offers_per_call
        async with self._database.reading() as connection:
            offers = await offer_rows.next_offers(connection, channel, most)
        return batch_of(channel, offers) if offers else None

    async def published(self, batch: OfferBatch) -> None:
        """Note that the channel has it; a number that has changed since goes on waiting.

        Raises:
            Transient: the database is too busy.
        """
        await in_transaction(self._database, partial(offer_rows.note_told, batch=batch, now=self._clock()))

    async def _work_out(self, connection: AsyncConnection) -> int:
        """Turn some changes into numbers; whatever goes wrong, they are changes again.

        What commits after we have looked has a row of its own in the list of changes, which stays there.
        """
        claimed, earliest = await offer_rows.claim_changes(connection, _AT_ONCE)
        # The change may be a node's, made by another process a moment ago: what is remembered of nodes is older.
        forget_nodes()
        await offer_rows.lock_articles(connection, earliest)
        now = self._clock()
        spikes = await spiking(connection, self._rules, earliest, now)
        sales = await daily_sales(connection, self._stock, earliest, now)
        pictures = _by_article(await look(connection, earliest, at=now), earliest)

        def number(sku: str, channel: str) -> int:
            return availability(
                self._rules,
                self._version,
                AvailabilityQuestion(sku=sku, channel=channel),
                pictures[sku],
                spiking=(sku, channel) in spikes,
                daily_sales=sales.get(sku, {}),
                sourcing=self._stock.sourcing,
            ).ats

        numbers = [(sku, channel, number(sku, channel), at) for sku, at in earliest.items() for channel in self._told]
        await offer_rows.offer(connection, numbers)
        self._spikes |= spikes
        return claimed

    async def _end_spikes(self) -> None:
        """Have articles worked out again whose spike is over: nothing needs to move for that."""
        now = self._clock()
        if not self._spikes or now < self._spikes_at:
            return
        self._spikes_at = now + _SPIKES_EVERY
        async with self._database.reading() as connection:
            still = await spiking(connection, self._rules, {sku for sku, _ in self._spikes}, now)
        over = {sku for sku, _ in self._spikes - still}
        self._spikes &= still
        await in_transaction(self._database, partial(offer_rows.reconsider, skus=over, now=now))


def _by_article(picture: Picture, skus: Iterable[str]) -> dict[str, Picture]:
    """Cut a picture up, so that working out one article does not walk over all the others."""
    shelves, fences, supplies = defaultdict(list), defaultdict(list), defaultdict(list)
    for shelf in picture.shelves:
        shelves[shelf.balance.sku].append(shelf)
    for fence in picture.fences:
        fences[fence.sku].append(fence)
    for supply in picture.supplies:
        supplies[supply.sku].append(supply)
    return {
        sku: picture.model_copy(
            update={"shelves": tuple(shelves[sku]), "fences": tuple(fences[sku]), "supplies": tuple(supplies[sku])}
        )
        for sku in skus
    }
