"""Nobody gets past the door of any address without a key or a signature, whatever is added to the API."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from api.assembly import open_services
from models.settings import Settings
from ops.migrations.upgrade import upgrade
from tests.promises.api.applications import create_app
from tests.promises.api.stage import problem

OPEN = {"/v1/health", "/problems/{code}"}
"""Told to everybody: whether everything is there, and what the types of problems mean."""
NAMES = {
    "order_id": "order:b2b:PO-1",
    "return_id": "return:b2b:PO-1:1",
    "batch_id": "a" * 24,
    "difference_id": "a" * 24,
    "hold_id": "fraud-1",
    "change": "change-1",
    "entry_id": "q-1",
    "channel": "shopify",
    "partner": "wms",
    "kind": "855",
    "name": "north",
}


@pytest_asyncio.fixture
async def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FastAPI]:
    """The application as its process puts it together."""
    # Nothing listens there: nobody without a key gets as far as that.
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    settings = Settings(data_dir=tmp_path)
    upgrade(settings.database)
    async with open_services(settings) as services:
        yield create_app(services)


@pytest.mark.slow
@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer ol_live_nobody"}, {"X-Api-Key": "' OR 1=1"}, {"Authorization": "Basic YTpi"}],
)
async def test_a_stranger_gets_nothing_from_any_operation(app: FastAPI, headers: dict[str, str]) -> None:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    sent = {"Content-Type": "application/json", **headers}
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test", headers=sent) as http:
        asked = 0
        for path, operations in app.openapi()["paths"].items():
            where = re.sub(r"\{(\w+)(:path)?\}", lambda found: NAMES.get(found[1], "MUG"), path)
            for method in operations.keys() - ({"get"} if path in OPEN else set()):
                body = None if method == "get" else b"{}"
                answer = await http.request(method.upper(), where, content=body)
                document = problem(answer, 401, "unauthenticated")
                assert document.keys() == {"type", "title", "status", "detail", "code"}, path
                asked += 1
        assert asked > 60


@pytest.mark.slow
def test_what_is_not_described_is_known_by_name(app: FastAPI) -> None:
    routers = [getattr(route, "original_router", None) or app.router for route in app.routes]
    every = [route for router in routers for route in router.routes]
    found = {route.path.replace(":path", "") for route in every if hasattr(route, "path")}

    assert found - app.openapi()["paths"].keys() == {
        "/docs",
        "/docs/oauth2-redirect",
        "/metrics",
        "/openapi.json",
        "/static-offline-docs",
    }
