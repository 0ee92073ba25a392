"""How an order's workflow is started, whoever does it: the same words each time, so that a second start is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)

from models.messages import OrderStart
from models.order.document import ServiceLevel
from models.order.snapshot import Headline
from workflows.attributes import CHANNEL, CUSTOMER_ID, ORDER_STATUS, ORDER_VALUE

if TYPE_CHECKING:
    from models.order.order import Order

WORKFLOW = "OrderWorkflow"
_SUMMARY_MAX = 200
_LINES_SHOWN = 20
_EXPEDITED, _ORDINARY, _BATCHED = 1, 3, 4
_BATCH = "batch/"
OF_A_BATCH = Priority(priority_key=_BATCHED)
"""A file, and every order in it, stands behind all other orders: however long the file is, it delays none of them."""


def start_of(order: Order, task_queue: str) -> dict[str, Any]:
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
        "priority": Priority(priority_key=_priority(order), fairness_key=order.channel),
    }


def _priority(order: Order) -> int:
    if order.provenance.format.startswith(_BATCH):
        return _BATCHED
    return _EXPEDITED if order.fulfilment.service_level is ServiceLevel.EXPEDITED else _ORDINARY


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
