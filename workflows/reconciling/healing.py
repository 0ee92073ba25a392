"""Putting right what may be put right without a person, one thing at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from activities.erp import ErpActivities
from activities.failures import trouble_of
from activities.payments import PaymentActivities
from activities.reconciling import ReconcilingActivities
from models.errors import Trouble
from models.reconciling.runs import HealingOutcome, RunPart
from workflows.attempting import attempt
from workflows.own import own
from workflows.queues import Partner

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.partners.asking import Done
    from models.reconciling.runs import HealingTask

Question = TypeVar("Question")
_AT_ONCE = 20
_STEPS = 100
_RETRIES = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=3)


async def heal(run_id: str) -> None:
    """Heal what this run may; what a partner does not answer to, the next run tries."""
    part = RunPart(run_id=run_id, limit=_AT_ONCE)
    for _ in range(_STEPS):
        taken = await own(ReconcilingActivities.to_heal, part, summary="see what may be healed")
        for task in taken.tasks:
            await _heal(run_id, task)
        if taken.looked < _AT_ONCE:
            return


async def _heal(run_id: str, task: HealingTask) -> None:
    try:
        said, done = await _do(task), True
    except (ActivityError, ApplicationError) as error:
        if is_cancelled_exception(error):
            raise
        failure = trouble_of(error)
        if failure.kind in {Trouble.RETRY, Trouble.WAIT}:
            return
        said, done = f"it could not be healed: {failure.message}", False
    outcome = HealingOutcome(run_id=run_id, difference_id=task.difference_id, done=done, said=said[:500])
    await own(ReconcilingActivities.settle, outcome, summary="note what was done")


async def _do(task: HealingTask) -> str:
    """Do what the task says; answers in words what was done."""
    if task.invoice is not None:
        done = await _ask(ErpActivities.post_invoice, task.invoice, Partner.ERP, "post an invoice again")
        return f"the ERP was asked for the invoice again: {done.reference}"
    if task.memo is not None:
        done = await _ask(ErpActivities.credit_memo, task.memo, Partner.ERP, "post a credit memo again")
        return f"the ERP was asked for the credit memo again: {done.reference}"
    if task.refund is not None:
        done = await _ask(PaymentActivities.refund, task.refund, Partner.PAYMENT, "give back what was taken")
        return f"{task.refund.amount} given back: {done.reference}"
    return await own(ReconcilingActivities.tell_order, task, summary="tell the order what it has not heard")


async def _ask(
    verb: Callable[[Any, Question], Awaitable[Done]], question: Question, partner: Partner, summary: str
) -> Done:
    return await attempt(verb, question, partner.value, summary=summary, retries=_RETRIES)
