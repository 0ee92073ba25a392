"""Books are compared when somebody asks, not only when their schedule comes round; never twice at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from api.reconciliation.temporal_runs import ScheduledRuns
from models.errors import Unavailable
from tests.promises.api.applications import create_app
from tests.promises.api.fakes import KEY
from tests.promises.api.stage import Stage
from tests.promises.orders.conftest import local_server
from tests.promises.orders.world import World, ports
from tests.promises.stock_keeping.test_by_itself import CountingPartner, FakeKeeping
from workers.assembly import Workers
from workers.schedules import REGULARLY, keep_schedules
from workflows.regular import RECONCILIATION, STOCK_CHECK


@dataclass
class FakeRuns:
    """Begins what is asked for, unless it is told that one is going on."""

    begun: list[str] = field(default_factory=list)
    going_on: bool = False

    async def begin(self, name: str) -> bool:
        if not self.going_on:
            self.begun.append(name)
        return not self.going_on


def api(runs: FakeRuns | None) -> httpx.AsyncClient:
    services = replace(Stage().services, regular=runs)
    headers = {"Authorization": f"Bearer {KEY}"}
    transport = httpx.ASGITransport(create_app(services))
    return httpx.AsyncClient(transport=transport, base_url="http://api.test", headers=headers)


@pytest.mark.parametrize(
    ("path", "schedule"), [("/v1/reconciliation/runs", RECONCILIATION), ("/v1/inventory/checks", STOCK_CHECK)]
)
async def test_a_comparison_is_begun_over_http_and_says_where_it_will_be_seen(path: str, schedule: str) -> None:
    runs = FakeRuns()
    async with api(runs) as http:
        begun = await http.post(path)
        runs.going_on = True
        again = await http.post(path)

    assert (begun.status_code, begun.json()["status"], again.json()["status"]) == (202, "begun", "going_on")
    assert begun.headers["Location"] == begun.json()["location"]
    assert runs.begun == [schedule]


async def test_only_who_has_a_key_may_and_where_nothing_runs_by_itself_it_says_so() -> None:
    async with api(FakeRuns()) as http:
        http.headers.pop("Authorization")
        assert (await http.post("/v1/reconciliation/runs")).status_code == 401
    async with api(None) as http:
        assert (await http.post("/v1/reconciliation/runs")).status_code == 404


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    async with await local_server() as env:
        yield env


class SlowPartner(CountingPartner):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.may = asyncio.Event(), asyncio.Event()

    async def counts(self) -> tuple[()]:
        self.asked.set()
        await self.may.wait()
        return ()

    stock_levels = counts


async def test_a_schedule_is_run_at_once_but_not_beside_a_run_that_goes_on(server: WorkflowEnvironment) -> None:
    runs, warehouse = ScheduledRuns(server.client), SlowPartner()
    with pytest.raises(Unavailable, match="have not made the schedule"):
        await runs.begin(STOCK_CHECK)
    (check,) = [replace(one, at_start=False, every=timedelta(days=1000)) for one in REGULARLY if one.id == STOCK_CHECK]
    await keep_schedules(server.client, [check])
    partners = ports(World(client=server.client)) | {"warehouse": warehouse, "erp": CountingPartner()}

    async with Workers(server.client, **partners, keeping=FakeKeeping()).running():
        assert await runs.begin(STOCK_CHECK)
        async with asyncio.timeout(60):
            await warehouse.asked.wait()
        assert not await runs.begin(STOCK_CHECK)
        warehouse.may.set()

    assert (await server.client.get_schedule_handle(STOCK_CHECK).describe()).info.num_actions == 1
