"""While the database is away, whoever asks is told to come again: nothing is half done, and nothing is given away."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from sqlalchemy.exc import OperationalError

from activities.adapters.store.api_keys import SqlApiKeys
from activities.adapters.store.database import Database
from activities.adapters.store.pepper import pepper
from activities.records.orders import OrderView
from api.app import create_app
from api.assembly import open_services
from api.orders.examples import CANCELLATION
from models.settings import Settings
from ops.migrations.upgrade import upgrade
from tests.promises.api.fakes import KEY
from tests.promises.api.stage import Stage, problem
from tests.promises.api.test_who_may_call import NAMES, OPEN

PASSWORD = "pass-word"
"""Looked for in what is answered."""


@pytest_asyncio.fixture
async def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """The API as its process puts it together, on a PostgreSQL that does not answer; asked with a key that was good."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    before = Settings(data_dir=tmp_path)
    upgrade(before.database)
    database = Database(before.database)
    key = await SqlApiKeys(database, pepper(before)).create("local")
    await database.close()
    address = f"postgresql+psycopg://orders:{PASSWORD}@127.0.0.1:1/orders"
    async with open_services(Settings(data_dir=tmp_path, database_url=address)) as services:
        transport = httpx.ASGITransport(create_app(services), raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test", headers=headers) as http:
            yield http


@pytest.mark.slow
async def test_every_operation_says_when_to_come_again(nowhere: httpx.AsyncClient) -> None:
    described = (await nowhere.get("/openapi.json")).json()
    for path, operations in described["paths"].items():
        where = re.sub(r"\{(\w+)(:path)?\}", lambda found: NAMES.get(found[1], "MUG"), path)
        if path in OPEN or path.startswith("/v1/callbacks"):
            continue
        for method in operations:
            answer = await nowhere.request(method.upper(), where, content=None if method == "get" else b"{}")
            document = problem(answer, 503, "unavailable")
            assert int(answer.headers["retry-after"]) > 0
            assert PASSWORD not in str(document)
            assert "503" in operations[method]["responses"], path


async def test_what_failed_half_way_may_be_sent_again_with_its_key() -> None:
    stage = Stage()
    order_id = await stage.submit()
    find = stage.orders.find

    async def away(_order_id: str) -> OrderView:
        raise OperationalError("SELECT", {}, Exception("the server closed the connection"))

    transport = httpx.ASGITransport(create_app(replace(stage.services, away=(OperationalError,))))
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": "once"}
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test", headers=headers) as http:
        stage.orders.find = away  # type: ignore[method-assign]  # the store breaks
        first = await http.post(f"/v1/orders/{order_id}/cancellation", json=CANCELLATION)
        stage.orders.find = find  # type: ignore[method-assign]  # and comes back
        second = await http.post(f"/v1/orders/{order_id}/cancellation", json=CANCELLATION)

    problem(first, 503, "unavailable")
    assert (second.status_code, len(stage.running.wishes)) == (202, 1)
