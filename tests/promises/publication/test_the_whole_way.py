"""From a movement in the ledger to the shop window: our database, a real Temporal server, a sandbox channel, the API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import pytest_asyncio

from activities.adapters.sandbox.channels import SandboxChannels
from activities.adapters.store.stock.offers import offer_rows
from api.intake.deliveries import Deliveries
from api.stock.publishing import Publications
from api.temporal import Gateway
from models.errors import Unavailable
from models.policy.stock.rules import ChannelRule
from models.settings import PartnerSettings
from tests.promises.api.stage import Stage
from tests.promises.orders.world import World, ports
from tests.promises.partners.sandbox import SandboxProcess
from tests.promises.publication.conftest import Shelf, book
from workers.assembly import Publishing, Workers
from workflows.queues import ORDERS

if TYPE_CHECKING:
    from temporalio.testing import WorkflowEnvironment

    from models.policy.stock.publishing import PublicationStart

QUICK = ChannelRule(coalesce_seconds=0, calls_per_second=1000.0, buffer_units=2)


@pytest_asyncio.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[SandboxProcess]:
    process = SandboxProcess("channels", tmp_path)
    process.start()
    await asyncio.to_thread(process.ready)
    yield process
    process.stop()


async def shows(sandbox: SandboxProcess, channel: str, sku: str, quantity: int) -> None:
    """Wait until the channel shows a number."""
    for _ in range(1200):
        stock = sandbox.get(f"/channels/{channel}/stock")["stock"]
        if sku in stock and stock[sku]["quantity"] == quantity:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{channel} never showed {quantity} of {sku}, but {stock}")


async def settled(shelf: Shelf) -> tuple[str, int]:
    """Wait until it is noted here that the channel has heard it all; answers which one, and of how many articles."""
    for _ in range(1200):
        async with shelf.database.reading() as connection:
            [lag] = await offer_rows.lags(connection)
        if not lag.waiting:
            return lag.channel, lag.offers
        await asyncio.sleep(0.05)
    pytest.fail(f"it is never noted: {lag}")


async def test_a_movement_reaches_the_shop_window_less_the_buffer(
    server: WorkflowEnvironment, shelf: Shelf, sandbox: SandboxProcess
) -> None:
    channel = f"window_{shelf.database.engine.dialect.name}"
    policies = book(**{channel: QUICK})
    offers = shelf.offers(policies)
    rules = policies.current.stock.availability.channels
    adapter = SandboxChannels(PartnerSettings(url=sandbox.url))
    publications = Publications(offers, rules, Gateway(server.client, ORDERS).publish)
    stage = Stage(publications=publications)
    workers = Workers(
        server.client, **ports(World()), publishing=Publishing(offers=offers, channels=adapter, rules=rules)
    )
    async with workers.running():
        background = asyncio.create_task(Deliveries(stage.services).run())
        await shelf.move("MUG", 10)
        await shows(sandbox, channel, "MUG", 8)
        await shelf.move("MUG", -4)
        await shows(sandbox, channel, "MUG", 4)
        assert await settled(shelf) == (channel, 1)
        background.cancel()
    await adapter.close()


async def test_a_round_that_temporal_was_away_for_is_made_up_for(shelf: Shelf) -> None:
    policies = book(shop=QUICK)
    offers = shelf.offers(policies)
    away = True
    started: list[str] = []

    async def start(wanted: PublicationStart) -> None:
        if away:
            raise Unavailable("temporal", "cannot be reached")
        started.append(wanted.channel)

    publications = Publications(offers, policies.current.stock.availability.channels, start)
    await shelf.move("MUG", 10)
    with pytest.raises(Unavailable):
        await publications.round()
    away = False

    await publications.round()

    assert started == ["shop"]


async def test_only_who_has_a_key_sees_how_late_channels_hear() -> None:
    stage = Stage()
    assert (await stage.stranger.get("/v1/publications")).status_code == httpx.codes.UNAUTHORIZED
    answer = await stage.http.get("/v1/publications")
    assert answer.json()["channels"] == [lag.model_dump() for lag in await stage.inventory.lags()]
