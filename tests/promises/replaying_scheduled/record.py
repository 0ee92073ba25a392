"""Records a history of each workflow beside orders and returns: ``python -m tests.promises.replaying_scheduled.record``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

from temporalio.client import Client, WorkflowFailureError

from activities.records.batches import PartTaken
from models.batch.batch import BatchStart, BatchState, Counts, Progress, batch_workflow_id
from models.errors import Unavailable
from models.partners.transfers import TransferLine, TransferOrder
from models.policy.stock.publishing import PublicationStart
from models.policy.stock.rules import ChannelRule
from models.reconciling.differences import Comparison
from models.reconciling.documents import Party
from tests.promises.orders.world import World, ports
from tests.promises.polling.feeds import FeedingWarehouse, Happenings
from tests.promises.publication.market import Market
from tests.promises.reconciling.fakes import FakeDocuments, FakeReconciling, posting, telling
from tests.promises.replenishment.test_rounds import Lorries, Purchasing, Wanted, proposal
from tests.promises.stock_keeping.test_by_itself import CountingPartner, FakeKeeping
from tests.recorded.recording import Handle, record
from workers.assembly import Publishing, Reconciled, Workers
from workers.polling import Polls, feed_polling
from workflows.queues import Partner

FOLDER = Path(__file__).parent / "histories"
FILE = "0123456789abcdef01234567"
Run = Callable[[Client], Awaitable[Handle]]


async def _once(client: Client, workflow: str, name: str, *start: object, **more: Any) -> Handle:
    """Run a workflow to its end."""
    async with Workers(client, **ports(World(client=client)) | more).running():
        handle = await client.start_workflow(workflow, args=start, id=name, task_queue="orders")
        await handle.result()
    return handle


async def reconciliation(client: Client) -> Handle:
    """Everything is read and compared, and two things are healed."""
    store = FakeReconciling(tasks=[telling("a"), posting("b")], due=dict.fromkeys(Comparison, 60))
    reconciled = Reconciled({party: FakeDocuments() for party in Party}, store)
    return await _once(client, "ReconciliationWorkflow", "reconciliation", reconciled=reconciled)


async def reconciliation_without_a_partner(client: Client) -> Handle:
    """The ERP does not answer."""
    documents = {party: FakeDocuments() for party in Party}
    documents[Party.ERP] = FakeDocuments(Unavailable("erp", "is not available (503)"))
    reconciled = Reconciled(dict(documents), FakeReconciling())
    return await _once(client, "ReconciliationWorkflow", "reconciliation-without", reconciled=reconciled)


async def stock_keeping(client: Client) -> Handle:
    """More has run out than one step lets go of."""
    return await _once(client, "StockKeepingWorkflow", "stock-keeping", keeping=FakeKeeping(overdue=120))


async def stock_check(client: Client) -> Handle:
    """Our books beside the warehouse's, the ERP's and themselves."""
    partners = {"warehouse": CountingPartner(), "erp": CountingPartner()}
    return await _once(client, "StockCheckWorkflow", "stock-check", keeping=FakeKeeping(), **partners)


async def publication(client: Client) -> Handle:
    """Three batches, one of which holds an article that the channel does not list."""
    rule = ChannelRule(coalesce_seconds=0, calls_per_second=1000.0, offers_per_call=2)
    market = Market(rules={"shop": rule}, unlisted={"SKU-3"})
    for number in range(5):
        market.change("shop", f"SKU-{number}", number)
    start = PublicationStart(channel="shop", rule=rule)
    publishing = Publishing(market, market, market.rules)
    return await _once(client, "PublicationWorkflow", "publication", start, publishing=publishing)


async def replenishment(client: Client) -> Handle:
    """One thing is bought, and another moved."""
    world = World(client=client)
    wanted = Wanted(open=[proposal("MUG"), proposal("LAMP", from_node="berlin")])
    partners = {"erp": Purchasing(world), "warehouse": Lorries(world), "replenishing": wanted}
    return await _once(client, "ReplenishmentWorkflow", "replenishment", **partners)


async def replenishment_refused(client: Client) -> Handle:
    """The ERP knows no such article."""
    world = World(client=client, unknown={"GHOST"})
    partners = {"erp": Purchasing(world), "warehouse": Lorries(world), "replenishing": Wanted(open=[proposal("GHOST")])}
    return await _once(client, "ReplenishmentWorkflow", "replenishment-refused", **partners)


async def transfer(client: Client) -> Handle:
    """An operator has goods moved."""
    line = TransferLine(sku="MUG", quantity=2)
    order = TransferOrder(key="transfer:1", from_node="rotterdam", to_node="berlin", lines=(line,), reason="a fair")
    return await _once(client, "TransferWorkflow", order.key, order, warehouse=Lorries(World(client=client)))


async def batch(client: Client) -> Handle:
    """A file of two parts."""
    start = BatchStart(batch_id=FILE, name="sales.csv")
    return await _once(client, "BatchWorkflow", batch_workflow_id(FILE), start, importing=TwoParts())


async def polling(client: Client) -> Handle:
    """A feed that is read, until its schedule is gone."""
    world, happenings = World(client=client), Happenings()
    made: Any = ports(world) | {"warehouse": FeedingWarehouse(world, happenings)}
    nobody: Any = None
    book: Any = AsyncMock(**{"cursor.return_value": None})
    polled = Polls(book=book, stock=nobody, quarantine=nobody, orders=nobody, inbox=nobody, known=nobody, formats={})
    async with Workers(client, **made, polls=polled).running():
        start = feed_polling(Partner.WMS)
        handle = await client.start_workflow("PollingWorkflow", start, id=start.feed, task_queue="orders")
        await world.until(lambda: happenings.readings > 0)
        await handle.cancel()
        with suppress(WorkflowFailureError):
            await handle.result()
    return handle


class TwoParts:
    """A file that is read in two parts."""

    def __init__(self) -> None:
        self.parts = 0

    async def take_part(self, batch_id: str, *, orders: int, beat: Callable[[], None]) -> PartTaken:
        assert (batch_id, orders > 0) == (FILE, True)
        beat()
        self.parts += 1
        state = BatchState.DONE if self.parts == 2 else BatchState.READING
        return PartTaken(Progress(name="sales.csv", state=state, counts=Counts(), offset=self.parts, size=2))

    async def note_started(self, order_ids: Iterable[str]) -> None:
        assert not list(order_ids)

    async def cancel(self, batch_id: str) -> None:
        raise AssertionError(batch_id)


ROUTES: list[Run] = [
    reconciliation,
    reconciliation_without_a_partner,
    stock_keeping,
    stock_check,
    publication,
    replenishment,
    replenishment_refused,
    transfer,
    batch,
    polling,
]


async def play(client: Client, route: Run) -> Handle:
    return await route(client)


if __name__ == "__main__":
    asyncio.run(record(FOLDER, ROUTES, play, sys.argv[1:]))
