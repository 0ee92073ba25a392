"""Which worker runs what: workflows and our own store on one task queue, each partner on a queue of its own."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkerDeploymentConfig

from activities.carriers import CarrierActivities
from activities.erp import ErpActivities
from activities.notices import NoticeActivities
from activities.order_book import OrderBookActivities
from activities.payments import PaymentActivities
from activities.stock import StockActivities
from activities.warehouse import WarehouseActivities
from workflows.order import OrderWorkflow
from workflows.queues import ORDERS, Partner

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from temporalio.client import Client

    from activities.ports import Carriers, Erp, Notices, OrderBook, Payments, StockLedger, Warehouse

WORKFLOWS = [OrderWorkflow]
DEPLOYMENT = "orderloom"
_GRACE = timedelta(seconds=20)
_STICKY = timedelta(seconds=2)
"""How long a killed worker's cached orders wait before another one takes them: short, since kills happen."""


def _verbs(owner: object) -> list[Callable[..., Any]]:
    """Every activity of a class of verbs."""
    found = (getattr(owner, name) for name in dir(owner) if not name.startswith("_"))
    return [verb for verb in found if hasattr(verb, "__temporal_activity_definition")]


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
        build_id: str = "",
        slots: int = 20,
        cached: int = 1000,
    ) -> None:
        """Assemble them; the ports are what their activities speak to.

        `build_id` makes the workers part of a worker deployment (empty: they are not versioned). At most `slots`
        calls to one partner run at once: no more than its adapter's connection pool has. So many orders are kept in
        memory as `cached` says; the others are replayed when something happens to them.
        """
        self._client = client
        self._cached = cached
        self._deployment = _deployment(build_id)
        partners = {
            Partner.ERP: ErpActivities(erp),
            Partner.WMS: WarehouseActivities(warehouse),
            Partner.PAYMENT: PaymentActivities(payments),
            Partner.CARRIER: CarrierActivities(carriers),
            Partner.NOTIFICATION: NoticeActivities(notices),
        }
        own = [*_verbs(OrderBookActivities(book)), *_verbs(StockActivities(stock))]
        self.all = [
            self._worker(ORDERS, own, workflows=WORKFLOWS, slots=100),
            *(self._worker(partner.value, _verbs(owner), slots=slots) for partner, owner in partners.items()),
        ]

    def _worker(
        self, queue: str, activities: list[Callable[..., Any]], *, slots: int, workflows: Sequence[type] = ()
    ) -> Worker:
        pollers = PollerBehaviorAutoscaling(initial=2)
        return Worker(
            self._client,
            task_queue=queue,
            workflows=workflows,
            activities=activities,
            max_cached_workflows=self._cached,
            max_concurrent_activities=slots,
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
