"""The only file of the API that touches Temporal: orders are started, asked and told here."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from temporalio.client import (
    RPCTimeoutOrCancelledError,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateStage,
)
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from api.services import Started
from models.batch.batch import batch_workflow_id
from models.errors import Conflict, InvalidInput, NotFound, Unavailable
from models.messages import Acknowledgement, Receipt
from models.policy.stock.publishing import publication_id
from workflows.attributes import CHANNEL
from workflows.starting import OF_A_BATCH, WORKFLOW, start_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel
    from temporalio.client import Client, WorkflowHandle

    from models.batch.batch import BatchStart
    from models.errors import OrderloomError
    from models.messages import Cancellation, HoldDecision
    from models.order.order import Order
    from models.partners.events import PartnerEvent
    from models.partners.transfers import TransferOrder
    from models.policy.stock.publishing import PublicationStart

log = structlog.get_logger()
BATCH = "BatchWorkflow"
PUBLICATION = "PublicationWorkflow"
TRANSFER = "TransferWorkflow"
MESSAGE_MAX = 64 * 1024
"""Bytes. A larger update could wedge an order for good."""
_FAILING = "TemporalReportedProblems IS NOT NULL AND ExecutionStatus = 'Running'"
RPC_WITHIN = timedelta(seconds=5)
_CANCEL_WITHIN_S = 3.0
_SUBSECOND = 0.05


class Gateway:
    """Orders at work, by their ids."""

    def __init__(self, client: Client, task_queue: str) -> None:
        """Start orders on this task queue."""
        self._client = client
        self._task_queue = task_queue

    async def start_order(self, order: Order, *, wait_s: float) -> Started:
        """Start an order's workflow, and wait so many seconds for its first answer.

        Safe to repeat: an order is started once, and gives the same first answer for ever. Whatever goes wrong on
        the way to Temporal comes back as unconfirmed, since the order itself is safe in the store.
        """
        try:
            if wait_s < _SUBSECOND:
                await self._client.start_workflow(WORKFLOW, rpc_timeout=RPC_WITHIN, **start_of(order, self._task_queue))
                return Started(confirmed=True)
            async with asyncio.timeout(wait_s):
                return Started(confirmed=True, receipt=await self._start_and_ask(order, wait_s))
        except WorkflowAlreadyStartedError:
            return Started(confirmed=True)
        except WorkflowUpdateFailedError as error:
            log.warning("order gave no receipt", order_id=order.id, cause=type(error.cause).__name__)
            return Started(confirmed=True)
        except TimeoutError:
            # No worker answered in time. It probably runs all the same; only starting it once more makes sure.
            return Started(confirmed=False)
        except (RPCError, RPCTimeoutOrCancelledError, RuntimeError) as error:
            log.warning("order not started yet", order_id=order.id, error=type(error).__name__)
            return Started(confirmed=False)

    async def _start_and_ask(self, order: Order, wait_s: float) -> Receipt:
        receipt: Receipt = await self._client.execute_update_with_start_workflow(
            "accept",
            start_workflow_operation=WithStartWorkflowOperation(WORKFLOW, **start_of(order, self._task_queue)),
            id="accept",
            result_type=Receipt,
            rpc_timeout=timedelta(seconds=wait_s),
        )
        return receipt

    async def decide(self, decision_id: str, order_id: str, decision: HoldDecision) -> Acknowledgement:
        """Answer a hold.

        Raises:
            Conflict: the order refused the answer, or has ended.
            NotFound: no such order runs.
            Unavailable: Temporal or the workers do not answer.
        """
        with in_our_words(order_id):
            answer: Acknowledgement = await self._order(order_id).execute_update(
                "decide", capped(decision), id=decision_id, result_type=Acknowledgement, rpc_timeout=RPC_WITHIN
            )
            return answer

    async def cancel(self, wish_id: str, order_id: str, wish: Cancellation) -> Acknowledgement | None:
        """Ask for cancellation; None where the order has taken the wish and is still undoing what was done.

        Raises:
            Conflict, NotFound, Unavailable: as `decide`.
        """
        with in_our_words(order_id):
            update = await self._order(order_id).start_update(
                "cancel",
                capped(wish),
                wait_for_stage=WorkflowUpdateStage.ACCEPTED,
                id=wish_id,
                result_type=Acknowledgement,
                rpc_timeout=RPC_WITHIN,
            )
            try:
                async with asyncio.timeout(_CANCEL_WITHIN_S):
                    answer: Acknowledgement = await update.result()
                    return answer
            except TimeoutError:
                return None

    async def deliver(self, event: PartnerEvent) -> None:
        """Hand a callback to its order, as a signal with exactly one payload.

        Raises:
            InvalidInput: the event is too large for a message.
            Conflict, NotFound, Unavailable: as `decide`.
        """
        with in_our_words(event.order_id):
            await self._order(event.order_id).signal("partner_event", capped(event), rpc_timeout=RPC_WITHIN)

    async def publish(self, start: PublicationStart) -> None:
        """Have a channel told what it may sell; one that is being told already is left alone.

        Raises:
            Unavailable: Temporal does not answer.
        """
        channel = start.channel
        with in_our_words(channel):
            await self._client.start_workflow(
                PUBLICATION,
                start,
                id=publication_id(channel),
                task_queue=self._task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=f"tell {channel} what it may sell",
                search_attributes=TypedSearchAttributes([SearchAttributePair(CHANNEL, channel)]),
                rpc_timeout=RPC_WITHIN,
            )

    async def transfer(self, order: TransferOrder) -> None:
        """Have goods sent from node to node; the same transfer again changes nothing.

        Raises:
            Unavailable: Temporal does not answer.
        """
        with in_our_words(order.key), suppress(WorkflowAlreadyStartedError):
            await self._client.start_workflow(
                TRANSFER,
                order,
                id=order.key,
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=f"goods from {order.from_node} to {order.to_node}",
                rpc_timeout=RPC_WITHIN,
            )

    async def read_batch(self, start: BatchStart) -> None:
        """Have a file of orders read; one that is being read, or was, is left alone.

        Raises:
            Unavailable: Temporal does not answer.
        """
        with in_our_words(start.batch_id), suppress(WorkflowAlreadyStartedError):
            await self._client.start_workflow(
                BATCH,
                start,
                id=batch_workflow_id(start.batch_id),
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=f"orders of {start.name}"[:100],
                priority=OF_A_BATCH,
                rpc_timeout=RPC_WITHIN,
            )

    async def reachable(self) -> str:
        """Say that Temporal serves; raises whatever shows that it does not."""
        if not await self._client.service_client.check_health(timeout=timedelta(seconds=2)):
            raise Unavailable("temporal", "is not serving")
        return self._client.namespace

    async def standing_still(self) -> int:
        """How many workflows' tasks fail again and again, as the server has noted it of them."""
        return (await self._client.count_workflows(_FAILING, rpc_timeout=RPC_WITHIN)).count

    def _order(self, order_id: str) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(order_id)


def capped(message: BaseModel) -> BaseModel:
    """Refuse a message that could wedge whoever gets it.

    Raises:
        InvalidInput: it is larger than `MESSAGE_MAX`.
    """
    size = len(message.model_dump_json())
    if size > MESSAGE_MAX:
        raise InvalidInput.at("", "too_large", f"is {size} bytes as a message, of at most {MESSAGE_MAX}")
    return message


@contextmanager
def in_our_words(order_id: str) -> Iterator[None]:
    """Say what Temporal answers about an order, a return or a channel as one of our errors."""
    try:
        yield
    except RPCError as error:
        raise _meaning(error, order_id) from error
    except WorkflowUpdateFailedError as error:
        raise _refused(error.cause) from error
    except (RPCTimeoutOrCancelledError, TimeoutError) as error:
        raise Unavailable("the order's worker", f"{order_id} did not answer in time", retry_after_s=2) from error
    except RuntimeError as error:
        # The SDK's word for a connection that could not be opened.
        raise Unavailable("temporal", "cannot be reached", retry_after_s=2) from error


def _meaning(error: RPCError, order_id: str) -> OrderloomError:
    if error.status is RPCStatusCode.NOT_FOUND:
        if "already completed" in error.message:
            return Conflict("order_ended", "the order has ended")
        return NotFound(f"no order {order_id} is running")
    if error.status is RPCStatusCode.INVALID_ARGUMENT:
        return InvalidInput.at("", "refused", "Temporal refused the message")
    return Unavailable("temporal", f"answered {error.status.name}", retry_after_s=2)


def _refused(cause: BaseException) -> OrderloomError:
    message = cause.message if isinstance(cause, ApplicationError) else "the order refused it"
    if isinstance(cause, ApplicationError) and cause.type == "invalid":
        return InvalidInput.at("", "refused", message)
    return Conflict("order_refused", message)
