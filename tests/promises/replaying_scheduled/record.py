"""Records a history of each workflow that runs by itself: ``python -m tests.promises.replaying_scheduled.record``.

As for orders, a recorded history is a promise to the runs that were going on when it was made.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle

from models.errors import Unavailable
from models.policy.stock.publishing import PublicationStart
from models.policy.stock.rules import ChannelRule
from models.reconciling.differences import Comparison
from models.reconciling.documents import Party
from tests.promises.orders.conftest import local_server
from tests.promises.orders.record import anywhere
from tests.promises.orders.world import World, ports
from tests.promises.publication.market import Market
from tests.promises.reconciling.fakes import FakeDocuments, FakeReconciling, posting, telling
from tests.promises.replenishment.test_rounds import Lorries, Purchasing, Wanted, proposal
from tests.promises.stock_keeping.test_by_itself import CountingPartner, FakeKeeping
from workers.assembly import Publishing, Reconciled, Workers

FOLDER = Path(__file__).parent / "histories"
Handle = WorkflowHandle[Any, Any]
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


ROUTES: list[Run] = [
    reconciliation,
    reconciliation_without_a_partner,
    stock_keeping,
    stock_check,
    publication,
    replenishment,
]


async def main(names: list[str]) -> None:
    """Record the runs that are named, or those that have no history yet."""
    FOLDER.mkdir(exist_ok=True)
    async with await local_server() as server:
        for route in ROUTES:
            path = FOLDER / f"{route.__name__}.json"
            if route.__name__ in names or not path.exists():
                handle = await route(server.client)
                history = await handle.fetch_history()
                await asyncio.to_thread(path.write_text, anywhere(history.to_json()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
