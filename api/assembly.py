"""Where the API's process is put together: which store, which channels, which Temporal, which dependencies."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime
from temporalio.client import Client
from temporalio.envconfig import ClientConfig

from activities.adapters.callbacks import callback_formats
from activities.adapters.canonical.orders import CanonicalOrders
from activities.adapters.channel_formats import channel_formats, signed_channels
from activities.adapters.files.refused import RefusedRows
from activities.adapters.files.x12.answers import X12Answers
from activities.adapters.store.api_keys import SqlApiKeys
from activities.adapters.store.database import Database
from activities.adapters.store.opening import open_store
from activities.adapters.store.parcels import SqlParcelBook
from activities.adapters.store.pepper import pepper
from activities.adapters.store.reconciling.showing import SqlDifferences
from activities.adapters.store.reconciling.worklists import SqlWorklists
from activities.adapters.store.stock.showing.inventory import SqlInventory
from activities.adapters.telemetry import temporal_runtime
from activities.taking_orders import Rumours
from api.batches.desk import BatchDesk
from api.http.metrics import Metrics
from api.intake import feeds
from api.orders.temporal_changes import ChangeGateway
from api.reconciliation.temporal_runs import ScheduledRuns
from api.returns.returning import Returning
from api.returns.temporal_returns import ReturnGateway
from api.services import Check, NotTold, Services, Unwell
from api.stock.publishing import Publications
from api.stock.quick_reads import QuickReads
from api.temporal import Gateway
from models.policy.book import PolicyBook
from workflows.plugin import OrderloomPlugin
from workflows.queues import Partner

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from activities.adapters.store.opening import Store
    from models.settings import PartnerSettings, Settings

_PROBE_WITHIN_S = 1.5
_SANDBOX = "sandbox"
_READERS = 2


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open what the API works with, and close it afterwards.

    Temporal need not be there yet: orders are kept, and started when it is.
    """
    client = await _client(settings)
    gateway = Gateway(client, settings.task_queue)
    partners = _partners(settings)
    policies, metrics = PolicyBook.load(settings.policies), Metrics()
    store = open_store(settings, policies)
    # However many ask what channels may show, the orders' connections are not theirs.
    readers = Database(settings.database, pool_size=_READERS)
    try:
        async with httpx.AsyncClient(timeout=_PROBE_WITHIN_S) as http:
            checks = {name: Check(_probe(http, partner)) for name, partner in partners.items()}
            yield Services(
                orders=store.orders,
                quarantine=store.quarantine,
                inbox=store.inbox,
                idempotency_keys=store.idempotency,
                api_keys=store.api_keys,
                running=gateway,
                stock=store.stock,
                inventory=SqlInventory(store.database, policies),
                quick=QuickReads(SqlInventory(readers, policies), SqlApiKeys(readers, pepper(settings))),
                channels=channel_formats(settings),
                canonical=CanonicalOrders(),
                signed_channels=signed_channels(settings),
                callback_secrets={
                    name: partner.callback_secret.get_secret_value() for name, partner in partners.items()
                },
                callback_formats=callback_formats(partners),
                away=(OperationalError, InterfaceError, InternalError, NoConnectionInTime),
                checks=_own_checks(store, gateway, metrics) | checks,
                metrics=metrics,
                rumours=Rumours(store.known_orders, store.inbox),
                feeds=store.feeds,
                parcels=SqlParcelBook(store.database),
                replenishment=store.replenishing,
                differences=SqlDifferences(store.database),
                worklists=SqlWorklists(store.database),
                regular=ScheduledRuns(client),
                changing=ChangeGateway(client),
                returning=Returning(store.returns, ReturnGateway(client, settings.task_queue)),
                publications=Publications(store.offers, policies.current.stock.availability.channels, gateway.publish),
                batches=BatchDesk(store.uploads, store.batches, RefusedRows(), X12Answers(), gateway.read_batch),
            )
    finally:
        await readers.close()
        await store.close()


def _own_checks(store: Store, gateway: Gateway, metrics: Metrics) -> dict[str, Check]:
    return {
        "database": Check(lambda: _database(store), essential=True),
        "temporal": Check(gateway.reachable, essential=True),
        "workflows": Check(lambda: standing_still(gateway, metrics)),
        "fairness": Check(_fairness),
        "feeds": Check(lambda: feeds.check(store.feeds, metrics)),
    }


async def _client(settings: Settings) -> Client:
    # The workers' own measurements are theirs to serve: two processes cannot share the port.
    quiet = settings.model_copy(update={"worker_metrics_port": 0})
    return await Client.connect(
        **ClientConfig.load_client_connect_config(),
        plugins=[OrderloomPlugin()],
        runtime=temporal_runtime(quiet),
        lazy=True,
    )


def _partners(settings: Settings) -> dict[str, PartnerSettings]:
    return {
        Partner.ERP.value: settings.erp,
        Partner.WMS.value: settings.wms,
        Partner.PAYMENT.value: settings.payment,
        Partner.CARRIER.value: settings.carrier,
        Partner.NOTIFICATION.value: settings.notification,
        "channels": settings.channels,
    }


async def _database(store: Store) -> str:
    made = await store.api_keys.any_exist()
    return "answers" if made else "answers; no API key has been made yet"


async def standing_still(gateway: Gateway, metrics: Metrics) -> str:
    """Say that no order or return stands still because of our code.

    Raises:
        Unwell: some do; says how many, and where it is said what to do about them.
    """
    count = await gateway.standing_still()
    metrics.standing_still.set(count)
    if count:
        raise Unwell(f"the tasks of {count} fail again and again: ops/runbooks/wedged-workflow.md")
    return "none stands still"


async def _fairness() -> str:
    # No call of the server's API differs with the switch, so guessing would be worse than saying so.
    raise NotTold("a Temporal server does not say; it needs matching.enableFairness and matching.useNewMatcher")


def _probe(http: httpx.AsyncClient, partner: PartnerSettings) -> Callable[[], Awaitable[str]]:
    async def probe() -> str:
        answer = await http.get(f"{partner.url.rstrip('/')}/health")
        # Only our own sandboxes are sure to have such an address; whoever else answers at all is there.
        if partner.kind == _SANDBOX or answer.is_server_error:
            answer.raise_for_status()
        return partner.kind

    return probe
