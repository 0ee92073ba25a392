"""A run reads partners side by side, compares page after page, heals one thing after another; no trouble stops it."""

from __future__ import annotations

from itertools import count

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.ports.reconciling import Documents
from models.errors import Refused, Unavailable
from models.reconciling.differences import Comparison
from models.reconciling.documents import Party
from tests.promises.orders.world import World, ports
from tests.promises.reconciling.fakes import FakeDocuments, FakeReconciling, posting, telling
from workers.assembly import Reconciled, Workers
from workers.schedules import REGULARLY

_numbers = count(1)


class Running:
    """Runs over a store in memory."""

    def __init__(self, client: Client) -> None:
        self.world = World(client=client)
        self.store = FakeReconciling()
        self.partners: dict[Party, Documents] = {party: FakeDocuments() for party in Party}

    async def run(self) -> str:
        reconciled = Reconciled(self.partners, self.store)
        async with Workers(self.world.client, **ports(self.world), reconciled=reconciled).running():
            name = f"reconciliation-{next(_numbers)}"
            line: str = await self.world.client.execute_workflow("ReconciliationWorkflow", id=name, task_queue="orders")
            return line


@pytest.fixture
def running(server: WorkflowEnvironment) -> Running:
    return Running(server.client)


async def test_all_that_is_due_is_compared_however_many_steps_it_takes(running: Running) -> None:
    running.store.due = {Comparison.MONEY: 120, Comparison.GOODS: 50}

    line = await running.run()

    assert running.store.due == dict.fromkeys(Comparison, 0)
    assert [asked for asked in running.store.asked if asked.startswith("compare")] == [
        *["compare money"] * 3,
        *["compare goods"] * 2,
        "compare refunds",
    ]
    assert running.store.asked[-1] == "end"
    assert "0 documents read" in line


async def test_what_may_be_healed_is_healed_and_noted_in_words(running: Running) -> None:
    running.store.tasks = [telling("a"), posting("b"), telling("told")]
    running.store.told = {"told"}

    await running.run()

    assert running.store.settled["a"] == "healed: told the order"
    assert running.store.settled["b"].startswith("healed: the ERP was asked for the invoice again: ")
    assert running.store.settled["told"] == "left: it could not be healed: the order was told so: delivered"


async def test_what_a_partner_refuses_is_left_to_a_person_and_what_it_does_not_answer_to_the_next_run(
    running: Running,
) -> None:
    running.store.tasks = [posting("refused"), posting("unanswered"), telling("a")]
    running.world.faults["post_invoice"] = [
        Refused("erp", "there is no such order", code="unknown_order"),
        Unavailable("erp", "is not available (503)"),
    ]

    await running.run()

    assert running.store.settled == {
        "refused": "left: it could not be healed: there is no such order",
        "a": "healed: told the order",
    }


async def test_a_partner_that_cannot_be_read_is_named_and_the_others_are_compared(running: Running) -> None:
    running.partners[Party.CARRIER] = FakeDocuments(Unavailable("carrier", "is not available (503)"))
    del running.partners[Party.PAYMENT]

    line = await running.run()

    assert not [asked for asked in running.store.asked if asked.startswith("compare")]
    assert "goods is not compared: carrier could not be read: is not available (503)" in line
    assert "money is not compared: payment could not be read: has no adapter here that lists documents" in line


def test_runs_are_scheduled() -> None:
    (regular,) = [one for one in REGULARLY if one.workflow == "ReconciliationWorkflow"]

    assert regular.within > regular.every
