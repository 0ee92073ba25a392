"""Which worker runs what: workflows and our own store on one task queue, each partner on a queue of its own."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkerDeploymentConfig

from activities.batches import BatchActivities
from activities.carriers import CarrierActivities
from activities.channel_stock import ChannelStockActivities, StockOfferActivities
from activities.channels import ChannelActivities
from activities.erp import ErpActivities
from activities.feeds import FeedBookActivities
from activities.notices import NoticeActivities
from activities.order_book import OrderBookActivities
from activities.payments import PaymentActivities
from activities.ports.channels import Feed
from activities.reconciling import DocumentActivities, ReconcilingActivities
from activities.replenishing import ReplenishingActivities
from activities.returns import ReturnActivities
from activities.stock import StockActivities
from activities.stock_keeping import ErpCheckActivities, StockKeepingActivities, WarehouseCheckActivities
from activities.warehouse import WarehouseActivities
from models.policy.stock.publishing import published_channels
from models.policy.stock.rules import ChannelRule
from models.reconciling.documents import Party
from workers.polling import channel_feed_polling, feed_polling, orders_polling
from workers.starting import TemporalStarter
from workflows.batch import BatchWorkflow
from workflows.order import OrderWorkflow
from workflows.queues import BATCHES, ORDERS, Partner, channel_queue
from workflows.reconciling.workflow import ReconciliationWorkflow
from workflows.returning.workflow import ReturnWorkflow
from workflows.scheduled.polling import PollingWorkflow
from workflows.scheduled.publishing import PublicationWorkflow
from workflows.scheduled.replenishing import ReplenishmentWorkflow, TransferWorkflow
from workflows.scheduled.stock_keeping import StockCheckWorkflow, StockKeepingWorkflow

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from temporalio.client import Client

    from activities.ports.channels import Channel
    from activities.ports.partners import Carriers, Erp, Notices, OrderBook, Payments, ReturnBook, Warehouse
    from activities.ports.reconciling import Documents, Reconciling
    from activities.ports.stock import ChannelStock, Replenishing, StockKeeping, StockLedger, StockOffers
    from activities.records.batches import Importing
    from models.partners.polling import Polling
    from workers.polling import Polls

WORKFLOWS = [
    OrderWorkflow,
    PublicationWorkflow,
    StockKeepingWorkflow,
    StockCheckWorkflow,
    ReplenishmentWorkflow,
    TransferWorkflow,
    ReturnWorkflow,
    BatchWorkflow,
    ReconciliationWorkflow,
    PollingWorkflow,
]
DEPLOYMENT = "orderloom"
_CHANNEL_SLOTS = 2
"""A channel's workflow tells it one batch at a time."""
_SHOP_SLOTS = 8
"""Besides, one reads its orders all the time, and orders tell it what became of them."""
_UNRULED = ChannelRule()
"""The quota of a channel that policy does not name."""
_BATCH_SLOTS = 2
"""A file is read part after part; few are read at once, so that ordinary orders have the store to themselves."""
_GRACE = timedelta(seconds=20)
_STICKY = timedelta(seconds=2)
"""How long a killed worker's cached orders wait before another one takes them: short, since kills happen."""


@dataclass(frozen=True)
class Publishing:
    """What telling channels takes."""

    offers: StockOffers
    channels: ChannelStock
    rules: Mapping[str, ChannelRule]
    """By channel, as the policy in force has them."""


@dataclass(frozen=True)
class Reconciled:
    """What reconciling takes."""

    documents: Mapping[Party, Documents]
    """What partners have written down; one left out is never read, and what needs its books is skipped."""
    store: Reconciling


def _verbs(owner: object) -> list[Callable[..., Any]]:
    """Every activity of a class of verbs."""
    found = (getattr(owner, name) for name in dir(owner) if not name.startswith("_"))
    return [verb for verb in found if hasattr(verb, "__temporal_activity_definition")]


def _partner_verbs(
    erp: Erp, warehouse: Warehouse, payments: Payments, carriers: Carriers, notices: Notices
) -> dict[Partner, list[Callable[..., Any]]]:
    return {
        Partner.ERP: _verbs(ErpActivities(erp)),
        Partner.WMS: _verbs(WarehouseActivities(warehouse)),
        Partner.PAYMENT: _verbs(PaymentActivities(payments)),
        Partner.CARRIER: _verbs(CarrierActivities(carriers)),
        Partner.NOTIFICATION: _verbs(NoticeActivities(notices)),
    }


def _reconcilers(reconciled: Reconciled, partners: dict[Partner, list[Callable[..., Any]]]) -> list[Callable[..., Any]]:
    """Have each partner's worker read its documents; answers what our own store does."""
    for party in Party:
        partners[Partner(party.value)] += _verbs(DocumentActivities(reconciled.documents, reconciled.store))
    return _verbs(ReconcilingActivities(reconciled.store))


def _keepers(
    keeping: StockKeeping, warehouse: Warehouse, erp: Erp, partners: dict[Partner, list[Callable[..., Any]]]
) -> list[Callable[..., Any]]:
    """Have the warehouse's and the ERP's workers compare stock with ours; answers what our own store does."""
    partners[Partner.WMS] += _verbs(WarehouseCheckActivities(warehouse, keeping))
    partners[Partner.ERP] += _verbs(ErpCheckActivities(erp, keeping))
    return _verbs(StockKeepingActivities(keeping))


def _feeders(
    polls: Polls,
    adapters: Mapping[Partner, object],
    shops: Mapping[str, Channel],
    partners: dict[Partner, list[Callable[..., Any]]],
) -> list[Polling]:
    """Have each partner's worker read its feed, where it has one; answers all that is polled."""
    feeds = polls.feeds(adapters)
    for partner, feed in feeds.items():
        partners[partner] += _verbs(feed)
    told = [channel_feed_polling(channel) for channel, shop in shops.items() if isinstance(shop, Feed)]
    return [*map(feed_polling, feeds), *map(orders_polling, shops), *told]


class Workers:
    """Every worker of this process."""

    def __init__(  # noqa: PLR0913 - one argument a port
        self,
        client: Client,
        *,
        erp: Erp,
        warehouse: Warehouse,
        payments: Payments,
        carriers: Carriers,
        notices: Notices,
        stock: StockLedger,
        book: OrderBook,
        publishing: Publishing | None = None,
        keeping: StockKeeping | None = None,
        replenishing: Replenishing | None = None,
        returns: ReturnBook | None = None,
        importing: Importing | None = None,
        reconciled: Reconciled | None = None,
        shops: Mapping[str, Channel] | None = None,
        polls: Polls | None = None,
        build_id: str = "",
        slots: int = 20,
        cached: int = 1000,
    ) -> None:
        """Assemble them; the ports are what their activities speak to.

        `build_id` makes the workers part of a worker deployment (empty: they are not versioned). At most `slots`
        calls to one partner run at once: no more than its adapter's connection pool has. Of the parts that may be
        missing, what they are for is not done. The `shops` are the channels connected by name; with `polls` they are
        read as well, and so are the partners that have a feed: `polled` says which. So many orders are kept in memory
        as `cached` says; the others are replayed when something happens.
        """
        self._client = client
        self._cached = cached
        self._deployment = _deployment(build_id)
        partners = _partner_verbs(erp, warehouse, payments, carriers, notices)
        own = [*_verbs(OrderBookActivities(book)), *_verbs(StockActivities(stock))]
        own += _verbs(StockOfferActivities(publishing.offers)) if publishing else []
        own += _keepers(keeping, warehouse, erp, partners) if keeping else []
        own += _verbs(ReplenishingActivities(replenishing)) if replenishing else []
        own += _verbs(ReturnActivities(returns, stock)) if returns else []
        own += _reconcilers(reconciled, partners) if reconciled else []
        own += _verbs(FeedBookActivities(polls.book)) if polls else []
        adapters = dict(zip(Partner, (erp, warehouse, payments, carriers, notices), strict=True))
        self.polled = _feeders(polls, adapters, shops or {}, partners) if polls else []
        self.all = [
            self._worker(ORDERS, own, workflows=WORKFLOWS, slots=100),
            *(self._worker(partner.value, verbs, slots=slots) for partner, verbs in partners.items()),
            *self._channels(publishing, shops or {}, polls),
            *self._importers(importing),
        ]

    def _channels(
        self, publishing: Publishing | None, shops: Mapping[str, Channel], polls: Polls | None
    ) -> list[Worker]:
        """Make a worker for each channel that is asked or told anything; the server keeps its quota."""
        rules = publishing.rules if publishing else {}
        published = published_channels(rules) if publishing else {}
        return [
            self._worker(
                channel_queue(channel),
                self._channel_verbs(channel, publishing if channel in published else None, shops.get(channel), polls),
                slots=_SHOP_SLOTS if channel in shops else _CHANNEL_SLOTS,
                per_second=rules.get(channel, _UNRULED).calls_per_second,
            )
            for channel in {**published, **shops}
        ]

    def _channel_verbs(
        self, channel: str, publishing: Publishing | None, shop: Channel | None, polls: Polls | None
    ) -> list[Callable[..., Any]]:
        verbs: list[Callable[..., Any]] = []
        if publishing is not None:
            verbs += _verbs(ChannelStockActivities(shop or publishing.channels))
        if shop is not None:
            verbs += _verbs(ChannelActivities(shop))
        if shop is not None and polls is not None:
            verbs += _verbs(polls.orders_at(channel, shop, TemporalStarter(self._client)))
            verbs += _verbs(polls.feed_at(channel, shop)) if isinstance(shop, Feed) else []
        return verbs

    def _importers(self, importing: Importing | None) -> list[Worker]:
        """Make the worker that reads files of orders."""
        if importing is None:
            return []
        verbs = _verbs(BatchActivities(importing, TemporalStarter(self._client)))
        return [self._worker(BATCHES, verbs, slots=_BATCH_SLOTS)]

    def _worker(
        self,
        queue: str,
        activities: list[Callable[..., Any]],
        *,
        slots: int,
        workflows: Sequence[type] = (),
        per_second: float | None = None,
    ) -> Worker:
        pollers = PollerBehaviorAutoscaling(initial=2)
        return Worker(
            self._client,
            task_queue=queue,
            workflows=workflows,
            activities=activities,
            max_cached_workflows=self._cached,
            max_concurrent_activities=slots,
            max_task_queue_activities_per_second=per_second,
            max_concurrent_local_activities=50,
            workflow_task_poller_behavior=pollers,
            activity_task_poller_behavior=pollers,
            # Our own store is asked by local activities only: the queue then needs no activity pollers.
            no_remote_activities=bool(workflows),
            graceful_shutdown_timeout=_GRACE,
            sticky_queue_schedule_to_start_timeout=_STICKY,
            deployment_config=self._deployment,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run all of them; leaving lets what is running finish within the grace."""
        async with AsyncExitStack() as stack:
            for worker in self.all:
                await stack.enter_async_context(worker)
            yield


def _deployment(build_id: str) -> WorkerDeploymentConfig | None:
    if not build_id:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name=DEPLOYMENT, build_id=build_id),
        use_worker_versioning=True,
        # An order may live for weeks: it moves on to each new build, and recorded histories prove that it can.
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )
