"""Returns at work, by their ids: started, asked and told here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from temporalio.client import RPCTimeoutOrCancelledError
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from api.temporal import RPC_WITHIN, capped, in_our_words
from models.returns.messages import ReturnAcknowledgement, ReturnStart
from models.states.returning import RETURN
from workflows.attributes import CHANNEL, CUSTOMER_ID, ORDER_STATUS

if TYPE_CHECKING:
    from pydantic import BaseModel
    from temporalio.client import Client

    from models.messages import Cancellation
    from models.partners.events import ParcelMoved
    from models.returns.case import ReturnCase
    from models.returns.messages import GoodsReceipt, Inspection, ReturnDecision

log = structlog.get_logger()
WORKFLOW = "ReturnWorkflow"


class ReturnGateway:
    """`api.returns.returning.RunningReturns` on Temporal."""

    def __init__(self, client: Client, task_queue: str) -> None:
        """Start returns on this task queue."""
        self._client = client
        self._task_queue = task_queue

    async def start(self, case: ReturnCase) -> bool:
        """Start a return; False where it is not certain that it runs, which is tried again from the store."""
        try:
            await self._client.start_workflow(
                WORKFLOW,
                ReturnStart(case=case),
                id=case.id,
                task_queue=self._task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=_summary(case),
                search_attributes=TypedSearchAttributes(
                    [
                        SearchAttributePair(CHANNEL, case.sold.channel),
                        SearchAttributePair(CUSTOMER_ID, case.sold.customer_id or "guest"),
                        SearchAttributePair(ORDER_STATUS, RETURN.initial.value),
                    ]
                ),
                priority=Priority(fairness_key=case.sold.channel),
                rpc_timeout=RPC_WITHIN,
            )
        except WorkflowAlreadyStartedError:
            return True
        except (RPCError, RPCTimeoutOrCancelledError, TimeoutError, RuntimeError) as error:
            log.warning("return not started yet", return_id=case.id, error=type(error).__name__)
            return False
        return True

    async def receive(self, message_id: str, return_id: str, receipt: GoodsReceipt) -> ReturnAcknowledgement:
        """Say what has come."""
        return await self._update("receive", message_id, return_id, receipt)

    async def inspect(self, message_id: str, return_id: str, inspection: Inspection) -> ReturnAcknowledgement:
        """Say what was found."""
        return await self._update("inspect", message_id, return_id, inspection)

    async def decide(self, message_id: str, return_id: str, decision: ReturnDecision) -> ReturnAcknowledgement:
        """Answer a hold."""
        return await self._update("decide", message_id, return_id, decision)

    async def withdraw(self, message_id: str, return_id: str, wish: Cancellation) -> ReturnAcknowledgement:
        """Wait no longer for what has not come."""
        return await self._update("withdraw", message_id, return_id, wish)

    async def deliver(self, return_id: str, event: ParcelMoved) -> None:
        """Hand the carrier's word on, as a signal with exactly one payload."""
        with in_our_words(return_id):
            handle = self._client.get_workflow_handle(return_id)
            await handle.signal("partner_event", capped(event), rpc_timeout=RPC_WITHIN)

    async def _update(self, name: str, message_id: str, return_id: str, message: BaseModel) -> ReturnAcknowledgement:
        with in_our_words(return_id):
            answer: ReturnAcknowledgement = await self._client.get_workflow_handle(return_id).execute_update(
                name, capped(message), id=message_id, result_type=ReturnAcknowledgement, rpc_timeout=RPC_WITHIN
            )
            return answer


def _summary(case: ReturnCase) -> str:
    units = sum(line.quantity for line in case.lines)
    wanted = case.resolution.value.replace("_", " ")
    return f"{case.sold.channel} {case.sold.external_id} · {units} back · {wanted}"[:200]
