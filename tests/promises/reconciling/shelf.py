"""The store's side of reconciling on a database of either kind, with a clock that a test sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from activities.adapters.store.database import Database
from activities.adapters.store.inbox import SqlInbox
from activities.adapters.store.order_book import SqlOrderBook
from activities.adapters.store.orders import SqlOrders
from activities.adapters.store.reconciling.book import SqlReconciling
from activities.adapters.store.reconciling.showing import SqlDifferences
from activities.records.reconciling import DifferenceFilter
from models.order.order import Order
from models.policy.book import PolicyBook
from models.policy.reconciling import ReconcilingRules
from models.reconciling.differences import Comparison, Difference
from models.reconciling.documents import PartnerDocument
from models.reconciling.runs import RunReport, Taken
from tests.promises.orders.orders import an_order
from tests.promises.reconciling.pictures import LONG_AGO, a_snapshot
from tests.promises.returns.shipped import POLICIES


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, **by: float) -> None:
        self.time += timedelta(**by)


def policies(**rules: Any) -> PolicyBook:
    """Today's policy with other rules of reconciling."""
    current = POLICIES.current
    changed = ReconcilingRules(**{**dict(current.reconciliation), **rules})
    return PolicyBook([current.model_copy(update={"reconciliation": changed})])


class Shelf:
    """The store, and one run after another."""

    def __init__(self, database: Database, **rules: Any) -> None:
        self.clock = Clock()
        self.database = database
        self.orders = SqlOrders(database, now=self.clock)
        self.inbox = SqlInbox(database, now=self.clock)
        self.store = SqlReconciling(database, policies(**rules), now=self.clock)
        self.shown = SqlDifferences(database, now=self.clock)
        self.run_id = ""
        self._runs = 0

    async def order(self, *, at: datetime = LONG_AGO, **snapshot: Any) -> Order:
        """An order whose workflow has written where it stands."""
        order = an_order(mug=2)
        await self.orders.submit(order, b"{}")
        await self.record(order, at=at, **snapshot)
        return order

    async def record(self, order: Order, **snapshot: Any) -> None:
        await SqlOrderBook(self.database, POLICIES).record(a_snapshot(order, **snapshot))

    async def read(self, *documents: PartnerDocument) -> None:
        """Documents that were read from partners."""
        await self.store.keep(documents)

    async def run(self, *comparisons: Comparison) -> RunReport:
        """A run without its partners: it compares, and heals nothing."""
        self._runs += 1
        self.run_id = f"run-{self._runs}"
        await self.store.begin(self.run_id)
        await self.store.enlist(self.run_id)
        for comparison in comparisons or tuple(Comparison):
            await self.store.compare(self.run_id, comparison, limit=50)
        return await self.store.end(self.run_id, ())

    async def heal(self) -> Taken:
        """What the last run may heal; the rest goes to people."""
        return await self.store.to_heal(self.run_id, limit=50)

    async def differences(self, **wanted: Any) -> list[Difference]:
        return (await self.shown.page(DifferenceFilter(**wanted), cursor=None, limit=50)).items

    async def the_difference(self) -> Difference:
        (found,) = await self.differences()
        return found
