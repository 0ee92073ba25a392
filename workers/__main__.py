"""``python -m workers``: every worker in one process, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import structlog
from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from activities.adapters.channel_formats import channel_formats
from activities.adapters.documents import close_documents, open_documents
from activities.adapters.partners import open_partners
from activities.adapters.shops import close_shops, open_shops
from activities.adapters.store.opening import open_store
from activities.adapters.telemetry import set_up_telemetry, temporal_runtime
from models.policy.book import PolicyBook
from models.settings import Settings
from workers.assembly import Publishing, Reconciled, Workers
from workers.build import build_id, promote
from workers.polling import Polls
from workers.schedules import REGULARLY, drop_polls, keep_schedules, polls
from workflows.leaving import run_to_the_end
from workflows.plugin import OrderloomPlugin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from activities.adapters.store.opening import Store
    from activities.ports.partners import ChannelFormat

log = structlog.get_logger()


async def main() -> None:
    """Connect, run, and end in an orderly way on SIGTERM or SIGINT."""
    settings = Settings()
    set_up_telemetry(settings, "orderloom-workers")
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    client = await Client.connect(
        **ClientConfig.load_client_connect_config(),
        plugins=[OrderloomPlugin()],
        runtime=temporal_runtime(settings),
    )
    partners = open_partners(settings)
    shops = open_shops(settings)
    documents = open_documents(settings)
    policies = PolicyBook.load(settings.policies)
    store = open_store(settings, policies)
    build = settings.build_id or build_id()
    workers = Workers(
        client,
        erp=partners.erp,
        warehouse=partners.warehouse,
        payments=partners.payments,
        carriers=partners.carriers,
        notices=partners.notices,
        stock=store.stock,
        book=store.order_book,
        publishing=Publishing(store.offers, partners.channels, policies.current.stock.availability.channels),
        keeping=store.keeping,
        replenishing=store.replenishing,
        returns=store.return_book,
        importing=store.importing,
        reconciled=Reconciled(documents, store.reconciling),
        shops=shops,
        polls=_polls(store, channel_formats(settings)),
        build_id=build,
    )
    try:
        async with workers.running():
            if settings.promote_build:
                await promote(client, build)
            await _schedule(client, store, workers)
            log.info("workers run", build=build)
            await stopping.wait()
    finally:
        await partners.close()
        await close_shops(shops)
        await close_documents(documents)
        await store.close()


async def _schedule(client: Client, store: Store, workers: Workers) -> None:
    """See that what runs by itself does, and that nothing is polled any more that is connected no more."""
    await store.feeds.polls(polling.feed for polling in workers.polled)
    await drop_polls(client, workers.polled)
    await keep_schedules(client, (*REGULARLY, *polls(workers.polled)))


def _polls(store: Store, formats: Mapping[str, ChannelFormat]) -> Polls:
    return Polls(
        book=store.feeds,
        stock=store.stock,
        quarantine=store.quarantine,
        orders=store.orders,
        inbox=store.inbox,
        known=store.known_orders,
        formats=formats,
    )


if __name__ == "__main__":
    run_to_the_end(main())
