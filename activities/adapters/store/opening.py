"""The one place where our store is put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.adapters.files.formats import readers
from activities.adapters.store.api_keys import SqlApiKeys
from activities.adapters.store.batches.importing import SqlImporting
from activities.adapters.store.batches.listing import SqlBatches
from activities.adapters.store.batches.uploads import SqlUploads
from activities.adapters.store.database import Database
from activities.adapters.store.feeds import SqlFeeds
from activities.adapters.store.idempotency import SqlIdempotencyKeys
from activities.adapters.store.inbox import SqlInbox
from activities.adapters.store.known_orders import SqlKnownOrders
from activities.adapters.store.order_book import SqlOrderBook
from activities.adapters.store.orders import SqlOrders
from activities.adapters.store.pepper import pepper
from activities.adapters.store.quarantine import SqlQuarantine
from activities.adapters.store.reconciling.book import SqlReconciling
from activities.adapters.store.returns.book import SqlReturnBook
from activities.adapters.store.returns.reading import SqlReturns
from activities.adapters.store.stock.buying.replenishing import SqlReplenishing
from activities.adapters.store.stock.keeping.keeping import SqlStockKeeping
from activities.adapters.store.stock.ledger import SqlStockLedger
from activities.adapters.store.stock.offers.offers import SqlStockOffers

if TYPE_CHECKING:
    from models.policy.book import PolicyBook
    from models.settings import Settings


@dataclass(frozen=True)
class Store:
    """Everything we keep ourselves, on one database."""

    database: Database
    orders: SqlOrders
    order_book: SqlOrderBook
    quarantine: SqlQuarantine
    inbox: SqlInbox
    feeds: SqlFeeds
    known_orders: SqlKnownOrders
    idempotency: SqlIdempotencyKeys
    api_keys: SqlApiKeys
    stock: SqlStockLedger
    offers: SqlStockOffers
    keeping: SqlStockKeeping
    replenishing: SqlReplenishing
    returns: SqlReturns
    return_book: SqlReturnBook
    uploads: SqlUploads
    batches: SqlBatches
    importing: SqlImporting
    reconciling: SqlReconciling

    async def close(self) -> None:
        """Close every connection."""
        await self.database.close()


def open_store(settings: Settings, policies: PolicyBook) -> Store:
    """Open the store; the migrations must have run, and nothing is connected yet."""
    database = Database(settings.database)
    stock = SqlStockLedger(database, policies)
    connected = frozenset(settings.shops)
    return Store(
        database=database,
        orders=SqlOrders(database),
        order_book=SqlOrderBook(database, policies, connected=connected),
        quarantine=SqlQuarantine(database),
        inbox=SqlInbox(database),
        feeds=SqlFeeds(database),
        known_orders=SqlKnownOrders(database),
        idempotency=SqlIdempotencyKeys(database),
        api_keys=SqlApiKeys(database, pepper(settings)),
        stock=stock,
        offers=SqlStockOffers(database, policies),
        keeping=SqlStockKeeping(database, policies),
        replenishing=SqlReplenishing(database, policies, stock),
        returns=SqlReturns(database, policies),
        return_book=SqlReturnBook(database, policies, connected=connected),
        uploads=SqlUploads(database),
        batches=SqlBatches(database),
        importing=SqlImporting(database, readers()),
        reconciling=SqlReconciling(database, policies),
    )
