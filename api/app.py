"""The application: its routes, its gates, its background work."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline

from api.batches import answering
from api.batches import routes as batches
from api.http import documentation, health, problems
from api.http.body import BodyGate
from api.http.documentation import Problem
from api.http.metrics import RequestCounter
from api.intake import callbacks, channels, feeds, quarantine
from api.intake.deliveries import Deliveries
from api.intake.quarantine import ReplayBody
from api.orders import changes
from api.orders import routes as orders
from api.orders.routes import CancellationBody, DecisionBody
from api.reconciliation import routes as reconciliation
from api.reconciliation import running as regular
from api.reconciliation import worklists
from api.returns import bodies as return_bodies
from api.returns import routes as returns
from api.stock import availability, inventory, publishing, replenishment
from api.stock import events as stock_events
from api.stock.views import EventOutcomes
from models.order.document import OrderDocument
from models.stock.events import StockEventAnswer
from models.stock.nodes import Node

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.services import Services

BODIES = (
    Problem,
    OrderDocument,
    CancellationBody,
    DecisionBody,
    ReplayBody,
    Node,
    StockEventAnswer,
    EventOutcomes,
    *replenishment.BODIES,
    *reconciliation.BODIES,
    *return_bodies.BODIES,
    *changes.BODIES,
)
"""Schemas of what is read or written by hand."""


def create_app(services: Services) -> FastAPI:
    """Put the API together; nothing is opened, asked or started before it serves."""
    deliveries = Deliveries(services)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        work = asyncio.create_task(deliveries.run())
        yield
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        await deliveries.note_started()

    # Its documentation pages come with their scripts: they work without a way out to the internet.
    app = FastAPIOffline(
        title="Orderloom",
        version=_version(),
        lifespan=lifespan,
        redirect_slashes=False,
        redoc_url=None,
        generate_unique_id_function=_operation,
    )
    app.state.services = services
    app.state.deliveries = deliveries
    app.state.health = health.HealthDesk(services)
    # Articles have any name: what else is below their address comes before them.
    stock = (stock_events, replenishment, publishing, availability, inventory)
    for part in (
        orders,
        changes,
        returns,
        batches,
        answering,
        channels,
        quarantine,
        callbacks,
        feeds,
        reconciliation,
        worklists,
        regular,
        *stock,
        health,
    ):
        app.include_router(part.router)
    problems.install(app, away=services.away)
    documentation.describe(app, BODIES)
    app.add_middleware(BodyGate, streamed=frozenset({batches.PATH}), forms=channels.PATHS)
    app.add_middleware(RequestCounter, metrics=services.metrics)
    return app


def _operation(route: APIRoute) -> str:
    return "_".join([*map(str, route.tags[:1]), route.name])


def _version() -> str:
    try:
        return version("orderloom")
    except PackageNotFoundError:
        return "0"
