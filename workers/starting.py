"""Starting orders from a worker, as the API does it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio.client import RPCTimeoutOrCancelledError
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from workflows.queues import ORDERS
from workflows.starting import WORKFLOW, start_of

if TYPE_CHECKING:
    from temporalio.client import Client

    from models.order.order import Order

_RPC = timedelta(seconds=5)


class TemporalStarter:
    """`activities.records.batches.OrderStarter` by a Temporal client."""

    def __init__(self, client: Client) -> None:
        """Start with this client."""
        self._client = client

    async def start(self, order: Order) -> bool:
        """Start an order; whether it certainly runs."""
        try:
            await self._client.start_workflow(WORKFLOW, rpc_timeout=_RPC, **start_of(order, ORDERS))
        except WorkflowAlreadyStartedError:
            return True
        except (RPCError, RPCTimeoutOrCancelledError, RuntimeError):
            return False
        return True
