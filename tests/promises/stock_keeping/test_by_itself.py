"""Stock is kept by scheduled runs on a real server: each does what it can, and says in a line what it did."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from models.errors import OrderloomError, Refused
from models.partners.warehouse import NodeCount
from models.stock.differences import Difference, DifferenceKind
from tests.promises.orders.conftest import local_server
from tests.promises.orders.world import World, ports
from workers.assembly import Workers
from workers.schedules import REGULARLY, Regular, keep_schedules

_numbers = count(1)
SELDOM = timedelta(days=1000)
COUNTED = (NodeCount(node="north", sku="MUG", quantity=5),)


@dataclass
class FakeKeeping:
    """Notes what it is asked, and finds as much as it is told to."""

    asked: list[str] = field(default_factory=list)
    overdue: int = 0
    faults: dict[str, OrderloomError] = field(default_factory=dict)
    compared: dict[DifferenceKind, tuple[NodeCount, ...]] = field(default_factory=dict)

    async def expire(self, *, limit: int) -> int:
        self._note("expire")
        done = min(limit, self.overdue)
        self.overdue -= done
        return done

    async def fill(self, *, limit: int) -> int:
        self._note("fill")
        return min(limit, 2)

    async def fence(self) -> int:
        self._note("fence")
        return 7

    async def audit(self) -> tuple[Difference, ...]:
        self._note("audit")
        return ()

    async def compare(self, kind: DifferenceKind, theirs: tuple[NodeCount, ...]) -> tuple[Difference, ...]:
        self._note(f"compare {kind.value}")
        self.compared[kind] = theirs
        return (a_difference(kind),)

    def _note(self, verb: str) -> None:
        self.asked.append(verb)
        if verb in self.faults:
            raise self.faults[verb]


def a_difference(kind: DifferenceKind) -> Difference:
    now = datetime.now(UTC)
    return Difference(
        id="d", kind=kind, sku="MUG", node="north", what="on_hand", ours=1, theirs=2, first_seen=now, last_seen=now
    )


class CountingPartner:
    """A warehouse, or an ERP, that says what it has, or why it does not."""

    def __init__(self) -> None:
        self.fault: OrderloomError | None = None

    async def counts(self) -> tuple[NodeCount, ...]:
        if self.fault:
            raise self.fault
        return COUNTED

    stock_levels = counts


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    async with await local_server() as env:
        yield env


@pytest.fixture
def keeping() -> FakeKeeping:
    return FakeKeeping()


@pytest.fixture
def warehouse() -> CountingPartner:
    return CountingPartner()


@pytest_asyncio.fixture
async def client(
    server: WorkflowEnvironment, keeping: FakeKeeping, warehouse: CountingPartner
) -> AsyncIterator[Client]:
    partners = ports(World(client=server.client)) | {"warehouse": warehouse, "erp": CountingPartner()}
    async with Workers(server.client, **partners, keeping=keeping).running():
        yield server.client


async def run(client: Client, workflow: str, *args: object) -> str:
    name = f"{workflow}-{next(_numbers)}"
    return str(await client.execute_workflow(workflow, args=args, id=name, task_queue="orders"))


async def failed(client: Client, workflow: str) -> str:
    with pytest.raises(WorkflowFailureError) as caught:
        await run(client, workflow)
    assert isinstance(caught.value.cause, ApplicationError)
    return caught.value.cause.message


async def test_a_run_does_everything_in_order_and_says_so(client: Client, keeping: FakeKeeping) -> None:
    keeping.overdue = 3
    line = await run(client, "StockKeepingWorkflow")
    assert line == "let go 3 reservations; moved 7 units between ring-fences; filled 2 backorders"
    assert keeping.asked == ["expire", "fence", "fill"]


async def test_a_run_goes_on_until_nothing_is_overdue(client: Client, keeping: FakeKeeping) -> None:
    keeping.overdue = 250
    assert "let go 250 reservations" in await run(client, "StockKeepingWorkflow")


async def test_a_step_that_fails_keeps_no_other_from_being_done(client: Client, keeping: FakeKeeping) -> None:
    keeping.faults["fence"] = OrderloomError("the fence is broken")
    line = await failed(client, "StockKeepingWorkflow")
    assert "the fence is broken" in line
    assert "filled 2 backorders" in line


async def test_a_check_compares_with_both_partners_and_then_with_itself(client: Client, keeping: FakeKeeping) -> None:
    line = await run(client, "StockCheckWorkflow")
    assert sorted(keeping.asked) == ["audit", "compare erp", "compare warehouse"]
    assert keeping.asked[-1] == "audit"
    assert keeping.compared == {DifferenceKind.WAREHOUSE: COUNTED, DifferenceKind.ERP: COUNTED}
    assert "the warehouse: 1 differences" in line


async def test_a_partner_that_does_not_answer_leaves_the_others_compared(
    client: Client, keeping: FakeKeeping, warehouse: CountingPartner
) -> None:
    warehouse.fault = Refused("wms", "no counts today", code="closed")
    line = await failed(client, "StockCheckWorkflow")
    assert "no counts today" in line
    assert "the ERP: 1 differences" in line
    assert "audit" in keeping.asked


async def test_no_partner_whose_worker_is_away_is_waited_for_until_the_run_itself_is_given_up(client: Client) -> None:
    (check,) = [one for one in REGULARLY if one.workflow == "StockCheckWorkflow"]
    handle = await client.start_workflow("StockCheckWorkflow", id=f"check-{next(_numbers)}", task_queue="orders")
    await handle.result()
    waits = [
        event.activity_task_scheduled_event_attributes.schedule_to_start_timeout.ToTimedelta()
        async for event in handle.fetch_history_events()
        if event.HasField("activity_task_scheduled_event_attributes")
    ]
    assert len(waits) == 2
    assert all(timedelta(0) < wait < check.within / 2 for wait in waits), "our own books come after them"


async def test_whatever_a_person_starts_it_with_is_no_matter(client: Client) -> None:
    assert "filled" in await run(client, "StockKeepingWorkflow", "now!", 7)


# --- schedules --------------------------------------------------------------------------------------------------------


def regular(*, at_start: bool = False) -> Regular:
    """So seldom that no round hour comes in between."""
    return Regular(
        id=f"test-{next(_numbers)}",
        workflow="StockKeepingWorkflow",
        summary="keep the stock",
        every=SELDOM,
        within=timedelta(minutes=1),
        at_start=at_start,
    )


async def test_several_workers_that_start_at_once_make_each_schedule_once(server: WorkflowEnvironment) -> None:
    wanted = regular()
    await asyncio.gather(*(keep_schedules(server.client, [wanted]) for _ in range(4)))
    found = (await server.client.get_schedule_handle(wanted.id).describe()).schedule
    assert [spec.every for spec in found.spec.intervals] == [wanted.every]


async def test_a_schedule_that_is_right_is_left_alone(server: WorkflowEnvironment) -> None:
    wanted = regular()
    await keep_schedules(server.client, [wanted])
    await keep_schedules(server.client, [wanted])
    assert (await server.client.get_schedule_handle(wanted.id).describe()).info.last_updated_at is None


async def test_a_schedule_that_is_paused_stays_paused_even_if_it_changes(server: WorkflowEnvironment) -> None:
    first = regular()
    await keep_schedules(server.client, [first])
    handle = server.client.get_schedule_handle(first.id)
    await handle.pause(note="stocktaking")
    second = Regular(**{**vars(first), "every": 2 * SELDOM})
    await keep_schedules(server.client, [second])
    found = (await handle.describe()).schedule
    assert [spec.every for spec in found.spec.intervals] == [2 * SELDOM]
    assert found.state.paused
    assert found.state.note == "stocktaking"


async def test_what_is_done_at_the_start_is_done_at_every_start_but_not_while_paused(
    client: Client, keeping: FakeKeeping
) -> None:
    wanted = regular(at_start=True)
    await keep_schedules(client, [wanted])
    await until(lambda: keeping.asked.count("fill") == 1)
    await keep_schedules(client, [wanted])
    await until(lambda: keeping.asked.count("fill") == 2)
    handle = client.get_schedule_handle(wanted.id)
    await handle.pause()
    await keep_schedules(client, [wanted])
    assert (await handle.describe()).info.num_actions == 2


async def test_every_regular_work_is_one_the_workers_know(client: Client) -> None:
    # None is begun: it would go on in whatever test is next.
    await keep_schedules(client, [replace(one, at_start=False) for one in REGULARLY])
    for one in REGULARLY:
        handle = client.get_schedule_handle(one.id)
        assert (await handle.describe()).schedule.policy.catchup_window >= timedelta(seconds=10)
        await handle.delete()


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1200):
        if condition():
            return
        await asyncio.sleep(0.05)
    message = "it never came true"
    raise AssertionError(message)
