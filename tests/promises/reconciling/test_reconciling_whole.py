"""A run against partners over HTTP, with everything planted that goes wrong between books."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.adapters.store.database import Database
from activities.adapters.store.inbox import SqlInbox
from activities.adapters.store.reconciling.book import SqlReconciling
from activities.adapters.store.reconciling.showing import SqlDifferences
from activities.records.reconciling import DifferenceFilter
from models.reconciling.differences import Comparison, Difference, DifferenceKind, DifferenceState
from models.reconciling.documents import DocumentKind, Party
from tests.conftest import Databases
from tests.promises.orders.world import World, ports
from tests.promises.reconciling.conftest import Street
from tests.promises.reconciling.planting import Planting
from tests.promises.reconciling.shelf import policies
from workers.assembly import Reconciled, Workers

pytestmark = pytest.mark.slow
HEALED, ASSIGNED = DifferenceState.HEALED, DifferenceState.ASSIGNED


@dataclass
class Stage:
    """Our books, what reconciling finds in them, and what was planted."""

    client: Client
    street: Street
    inbox: SqlInbox
    shown: SqlDifferences
    orders: dict[str, str]
    """By what was planted."""
    lines: list[str] = field(default_factory=list)
    """What the first run said, and the second."""
    after: list[list[Difference]] = field(default_factory=list)
    """What was found after each of the two: whatever test comes first, it sees the same."""

    async def run(self, name: str) -> str:
        line: str = await self.client.execute_workflow("ReconciliationWorkflow", id=name, task_queue="orders")
        return line

    async def run_and_look(self, name: str) -> None:
        self.lines.append(await self.run(name))
        self.after.append((await self.shown.page(DifferenceFilter(), cursor=None, limit=50)).items)

    def found(self, planted: str, run: int = 0) -> list[Difference]:
        return [one for one in self.after[run] if one.finding.order_id == self.orders[planted]]

    def the(self, planted: str, run: int = 0) -> Difference:
        (found,) = self.found(planted, run)
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage(databases: Databases, street: Street, server: WorkflowEnvironment) -> AsyncIterator[Stage]:
    database = Database(databases.fresh("sqlite"))
    plant = Planting(street, database)
    orders = {
        "all well": (await plant.all_well()).id,
        "lost shipment": (await plant.lost_shipment()).id,
        "invoice twice": (await plant.invoice_twice()).id,
        "lost invoice": (await plant.lost_invoice()).id,
        "captured too little": (await plant.captured_too_little()).id,
        "captured after cancelling": (await plant.captured_after_cancelling()).id,
        "captured for nobody": await plant.captured_for_nobody(),
        "refund without memo": (await plant.refund_without_memo()).id,
    }
    store = SqlReconciling(database, policies(grace_minutes=0))
    asked = ports(World(client=server.client)) | {"erp": street.partners.erp, "payments": street.partners.payments}
    async with Workers(server.client, **asked, reconciled=Reconciled(street.documents, store)).running():
        made = Stage(server.client, street, SqlInbox(database), SqlDifferences(database), orders)
        await made.run_and_look("reconciliation-first")
        await made.run_and_look("reconciliation-again")
        yield made
    await database.close()


async def test_the_run_says_in_a_line_what_it_did(stage: Stage) -> None:
    assert stage.lines[0].endswith("4 healed, 4 left to people")


async def test_an_order_whose_books_agree_is_left_alone(stage: Stage) -> None:
    assert stage.found("all well") == []


async def test_a_shipment_whose_message_was_lost_reaches_its_order_through_the_inbox(stage: Stage) -> None:
    found = stage.the("lost shipment")
    entries = await stage.inbox.claim(limit=10, lease_s=1)

    assert (found.finding.document, found.state, found.actor) == (DocumentKind.SHIPMENT, HEALED, "orderloom")
    assert [(entry.source, entry.event.order_id) for entry in entries] == [("wms", stage.orders["lost shipment"])]


async def test_a_second_invoice_is_left_to_finance(stage: Stage) -> None:
    found = stage.the("invoice twice")

    assert (found.finding.kind, found.state, found.owner) == (DifferenceKind.DUPLICATE, ASSIGNED, "finance")
    assert found.finding.at_stake is not None
    assert found.finding.at_stake.amount == 2870


async def test_an_invoice_the_erp_lacks_is_asked_for_again_under_its_key(stage: Stage) -> None:
    found = stage.the("lost invoice")

    (effect,) = stage.street.services["erp"].effects(found.finding.subject)
    assert found.state is HEALED
    assert effect["operation"] == "post_invoice"
    assert effect["ask"]["total"] == {"amount": 2870, "currency": "EUR"}


async def test_an_amount_that_differs_is_left_to_finance(stage: Stage) -> None:
    found = stage.the("captured too little")

    assert (found.finding.kind, found.state) == (DifferenceKind.AMOUNT_DIFFERS, ASSIGNED)
    assert found.finding.at_stake is not None
    assert found.finding.at_stake.amount == 870


async def test_what_was_captured_for_a_cancelled_order_is_given_back_once(stage: Stage) -> None:
    found = stage.the("captured after cancelling")

    (money,) = stage.street.services["payment"].get("/money", order_id=found.finding.order_id)["money"]
    assert found.state is HEALED
    assert (money["captured"], money["refunded"]) == (2870, 2870)


async def test_money_for_an_order_nobody_knows_is_left_to_finance(stage: Stage) -> None:
    found = stage.found("captured for nobody")

    assert {(one.finding.kind, one.state) for one in found} == {(DifferenceKind.ORPHAN, ASSIGNED)}
    assert {one.finding.document for one in found} == {DocumentKind.AUTHORISATION, DocumentKind.CAPTURE}


async def test_a_refund_without_credit_memo_gets_one_and_is_in_finance_from_then_on(stage: Stage) -> None:
    found = stage.the("refund without memo")

    (effect,) = stage.street.services["erp"].effects(found.finding.subject)
    assert (found.finding.document, found.state) == (DocumentKind.CREDIT_MEMO, HEALED)
    assert effect["operation"] == "credit_memo"


async def test_another_run_heals_nothing_twice_and_leaves_to_people_what_healing_did_not_help(stage: Stage) -> None:
    before, after = stage.after
    # Nobody carries the order out here, so that it never takes what it was told.
    lost = stage.the("lost shipment", run=1)
    assert "0 healed, 1 left to people" in stage.lines[1]
    assert (lost.state, lost.owner) == (ASSIGNED, "warehouse")
    assert (lost.outcome or "").startswith("it is there again after it was healed")
    assert {one.id: one.finding.kind for one in after} == {one.id: one.finding.kind for one in before}
    assert len(stage.street.services["erp"].effects(stage.the("lost invoice").finding.subject)) == 1


async def test_while_a_partner_is_down_only_what_needs_its_books_is_skipped(stage: Stage) -> None:
    read_to = {one.party: one.read_to for one in (await stage.shown.overview()).readings}

    with stage.street.services["erp"].dialled(down=True):
        line = await stage.run("reconciliation-erp-down")

    overview = await stage.shown.overview()
    after = {one.party: one for one in overview.readings}
    assert overview.last_run is not None
    assert {words.split()[0] for words in overview.last_run.skipped} == {"money", "refunds"}
    assert "could not be read: is not available (503)" in line
    assert set(overview.last_run.compared) == {Comparison.GOODS}
    assert after[Party.ERP].read_to == read_to[Party.ERP]
    assert after[Party.ERP].trouble == "is not available (503)"
    assert after[Party.WMS].read_to != read_to[Party.WMS]
