"""The only file of the API that touches Temporal: orders are started, asked and told here."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
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
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from api.services import Started
from models.errors import Conflict, InvalidInput, NotFound, Unavailable
from models.messages import Acknowledgement, OrderStart, Receipt
from models.order.document import ServiceLevel
from models.order.snapshot import Headline
from workflows.attributes import CHANNEL, CUSTOMER_ID, ORDER_STATUS, ORDER_VALUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel
    from temporalio.client import Client, WorkflowHandle

    from models.errors import OrderloomError
    from models.messages import Cancellation, HoldDecision
    from models.order.order import Order
    from models.partners.events import PartnerEvent

log = structlog.get_logger()
WORKFLOW = "OrderWorkflow"
MESSAGE_MAX = 64 * 1024
"""Bytes. A larger update could wedge an order for good."""
_RPC = timedelta(seconds=5)
_CANCEL_WITHIN_S = 3.0
_SUMMARY_MAX = 200
_LINES_SHOWN = 20
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
                await self._client.start_workflow(WORKFLOW, rpc_timeout=_RPC, **_start(order, self._task_queue))
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
            start_workflow_operation=WithStartWorkflowOperation(WORKFLOW, **_start(order, self._task_queue)),
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
        with _in_our_words(order_id):
            answer: Acknowledgement = await self._order(order_id).execute_update(
                "decide", _capped(decision), id=decision_id, result_type=Acknowledgement, rpc_timeout=_RPC
            )
            return answer

    async def cancel(self, wish_id: str, order_id: str, wish: Cancellation) -> Acknowledgement | None:
        """Ask for cancellation; None where the order has taken the wish and is still undoing what was done.

        Raises:
            Conflict, NotFound, Unavailable: as `decide`.
        """
        with _in_our_words(order_id):
            update = await self._order(order_id).start_update(
                "cancel",
                _capped(wish),
                wait_for_stage=WorkflowUpdateStage.ACCEPTED,
                id=wish_id,
                result_type=Acknowledgement,
                rpc_timeout=_RPC,
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
        with _in_our_words(event.order_id):
            await self._order(event.order_id).signal("partner_event", _capped(event), rpc_timeout=_RPC)

    async def reachable(self) -> str:
        """Say that Temporal serves; raises whatever shows that it does not."""
        if not await self._client.service_client.check_health(timeout=timedelta(seconds=2)):
            raise Unavailable("temporal", "is not serving")
        return self._client.namespace

    def _order(self, order_id: str) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(order_id)


def _start(order: Order, task_queue: str) -> dict[str, Any]:
    """What a start says, the same each time."""
    return {
        "arg": OrderStart(order=order),
        "id": order.id,
        "task_queue": task_queue,
        "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
        "id_reuse_policy": WorkflowIDReusePolicy.REJECT_DUPLICATE,
        "static_summary": _summary(order),
        "static_details": _details(order),
        "search_attributes": TypedSearchAttributes(
            [
                SearchAttributePair(CHANNEL, order.channel),
                SearchAttributePair(CUSTOMER_ID, order.customer.id or "guest"),
                SearchAttributePair(ORDER_STATUS, Headline.RECEIVED.value),
                SearchAttributePair(ORDER_VALUE, float(order.total.major)),
            ]
        ),
        "priority": Priority(
            priority_key=1 if order.fulfilment.service_level is ServiceLevel.EXPEDITED else 3,
            fairness_key=order.channel,
        ),
    }


def _summary(order: Order) -> str:
    lines = f"{len(order.lines)} line{'s' if len(order.lines) > 1 else ''}"
    text = f"{order.channel} {order.number or order.external_id} · {lines} · {order.total}"
    return text.encode()[:_SUMMARY_MAX].decode(errors="ignore")


def _details(order: Order) -> str:
    """Markdown for the Web UI; what is bought, and no personal data."""
    goods = [f"- {line.quantity} x `{line.sku}`" for line in order.lines[:_LINES_SHOWN]]
    if len(order.lines) > _LINES_SHOWN:
        goods.append(f"- and {len(order.lines) - _LINES_SHOWN} more lines")
    facts = [
        f"**{order.total}**, {order.payment.terms.value.replace('_', ' ')}",
        f"Placed {order.placed_at:%Y-%m-%d %H:%M %Z} at {order.channel} as {order.external_id}",
        f"{order.fulfilment.service_level.value.capitalize()} delivery",
    ]
    return "\n\n".join([*facts, "\n".join(goods)])


def _capped(message: BaseModel) -> BaseModel:
    size = len(message.model_dump_json())
    if size > MESSAGE_MAX:
        raise InvalidInput.at("", "too_large", f"is {size} bytes as a message, of at most {MESSAGE_MAX}")
    return message


@contextmanager
def _in_our_words(order_id: str) -> Iterator[None]:
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
