"""What reconciling found, and the worklists, over HTTP: listed, shown, assigned, closed; and described as they are."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from activities.adapters.store.database import Database
from activities.adapters.store.reconciling.showing import SqlDifferences
from activities.adapters.store.reconciling.worklists import SqlWorklists
from api.reconciliation import examples
from api.reconciliation.routes import AssignmentBody, ClosureBody
from api.reconciliation.views import (
    DifferencePage,
    ReconciliationView,
    RunPage,
    WorklistPage,
    WorklistsView,
)
from models.states.lifecycle import Lifecycle
from models.strict_json import read
from tests.promises.api.applications import create_app
from tests.promises.api.fakes import KEY
from tests.promises.api.stage import Stage, as_json, problem
from tests.promises.reconciling.shelf import Shelf

HERE = "/v1/reconciliation"


@dataclass
class Desk:
    """The API over a store in which something differs."""

    shelf: Shelf
    http: httpx.AsyncClient

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()


def app_on(database: Database) -> Any:
    services = dataclasses.replace(
        Stage().services, differences=SqlDifferences(database), worklists=SqlWorklists(database)
    )
    return create_app(services)


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    shelf = Shelf(database)
    await shelf.order()
    await shelf.order(lifecycle=Lifecycle.ACCEPTED, parcel=None, captured=0, invoiced=0, references={})
    await shelf.run()
    transport = httpx.ASGITransport(app_on(database), raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test", headers=headers) as http:
        yield Desk(shelf, http)


async def test_the_overview_says_how_far_partners_were_read_and_what_stands(desk: Desk) -> None:
    shown = await desk.get(HERE)

    assert [one["party"] for one in shown["readings"]] == ["erp", "payment", "wms", "carrier"]
    assert shown["last_run"]["run_id"] == "run-1"
    assert {one["owner"] for one in shown["standing"]} == {"finance", "warehouse"}


async def test_differences_are_listed_filtered_and_paged(desk: Desk) -> None:
    everything = (await desk.get(f"{HERE}/differences"))["differences"]
    first = await desk.get(f"{HERE}/differences", limit=1)
    second = await desk.get(f"{HERE}/differences", limit=200, cursor=first["next_cursor"])
    of_goods = (await desk.get(f"{HERE}/differences", comparison="goods", state="open"))["differences"]

    assert [*first["differences"], *second["differences"]] == everything
    assert {one["document"] for one in of_goods} == {"shipment", "parcel"}
    problem(await desk.http.get(f"{HERE}/differences", params={"state": "lost"}), 422)
    problem(await desk.http.get(f"{HERE}/differences", params={"cursor": "abc"}), 422)


async def test_a_person_takes_a_difference_on_and_closes_it_with_a_reason(desk: Desk) -> None:
    found = (await desk.get(f"{HERE}/differences", comparison="money"))["differences"][0]
    links = found["links"]

    taken = await desk.http.post(links["assignment"], json={"assignee": "Grace"})
    closed = await desk.http.post(links["closure"], json={"reason": "posted by hand"})

    assert (taken.status_code, taken.json()["state"], taken.json()["assignee"]) == (200, "assigned", "Grace")
    shown = await desk.get(links["self"])
    assert (shown["state"], shown["outcome"], shown["actor"]) == ("closed", "posted by hand", closed.json()["actor"])
    problem(await desk.http.post(links["closure"], json={"reason": "again"}), 409, "settled_already")
    problem(await desk.http.post(links["closure"], json={}), 422)
    problem(await desk.http.get(f"{HERE}/differences/{'0' * 24}"), 404)


async def test_runs_are_listed(desk: Desk) -> None:
    (run,) = (await desk.get(f"{HERE}/runs"))["runs"]

    assert run["found"] == len((await desk.get(f"{HERE}/differences"))["differences"])


async def test_each_worklist_is_shown_with_its_length_and_its_oldest_entry(desk: Desk) -> None:
    lists = {one["name"]: one for one in (await desk.get("/v1/worklists"))["worklists"]}

    assert list(lists) == [
        "orders_awaiting_erp_posting",
        "reservations_pending_confirmation",
        "shipments_not_reconciled",
        "refunds_not_in_finance",
        "orders_on_hold",
        "shipments_at_risk",
        "supplies_late",
    ]
    for one in lists.values():
        shown = await desk.get(one["links"]["entries"])
        assert len(shown["entries"]) == one["count"]
        if one["count"]:
            assert shown["entries"][0]["since"] == one["oldest"]
    problem(await desk.http.get("/v1/worklists/something_else"), 404)


async def test_without_a_key_nobody_sees_anything(desk: Desk) -> None:
    for path in (HERE, f"{HERE}/differences", f"{HERE}/runs", "/v1/worklists"):
        problem(await desk.http.get(path, headers={"Authorization": ""}), 401)


async def test_where_nothing_is_reconciled_it_says_so() -> None:
    stage = Stage()
    for path in (HERE, f"{HERE}/differences", f"{HERE}/runs", "/v1/worklists"):
        problem(await stage.http.get(path), 404)


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (DifferencePage, examples.DIFFERENCES),
        (ReconciliationView, examples.RECONCILIATION),
        (RunPage, examples.RUNS),
        (WorklistsView, examples.WORKLISTS),
        (WorklistPage, examples.WORKLIST),
        (AssignmentBody, examples.ASSIGNMENT),
        (ClosureBody, examples.CLOSURE),
    ],
)
def test_the_examples_are_what_the_api_shows_and_reads(model: Any, example: object) -> None:
    assert read(model, as_json(example))


@pytest.mark.slow
async def test_every_operation_is_described(desk: Desk) -> None:
    described = await desk.get("/openapi.json")
    ours = [path for path in described["paths"] if path.startswith((HERE, "/v1/worklists"))]

    assert len(ours) == 8
    for path in ours:
        for operation in described["paths"][path].values():
            done = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
            assert done["content"]["application/json"]["example"]
