"""Stock as time goes by: what has run out is let go, the queue is served, and books are compared. Runs on a schedule.

A run does what it can: a step that does not succeed is said at the end, fails the run for everybody to see, and is
tried again by the next run. No run waits for anybody for long, for the next one is due when it has ended.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

from activities.stock_keeping import ErpCheckActivities, StockKeepingActivities, WarehouseCheckActivities
from workflows.attempting import TAKEN_UP_WITHIN
from workflows.queues import Partner

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_AT_ONCE = 100
"""Reservations in one step: few enough that it is done within its time."""
_STEPS = 50
"""Steps in one run at most; what is left then is done by the next one."""
_STEP_WITHIN = timedelta(seconds=30)
_AUDIT_WITHIN = timedelta(minutes=5)
_COMPARED_WITHIN = timedelta(minutes=2)
_OWN_RETRIES = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_attempts=3)
_PARTNER_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=2), maximum_interval=timedelta(seconds=30), maximum_attempts=5
)


@workflow.defn(name="StockKeepingWorkflow")
class StockKeepingWorkflow:
    """Let go of what has run out, move the ring-fences, serve those who wait."""

    @workflow.run
    async def run(self, *_nothing: RawValue) -> str:
        """Do all three; answers in a line what was done.

        Raises:
            ApplicationError: a step did not succeed; the line says which.
        """
        report = _Report()
        keeping = StockKeepingActivities
        await report.step("let go", "reservations", _until_done(keeping.expire, "let go of what has run out"))
        await report.step("moved", "units between ring-fences", _own(keeping.fence, summary="move the ring-fences"))
        await report.step("filled", "backorders", _until_done(keeping.fill, "serve the queue of backorders"))
        return report.end()


@workflow.defn(name="StockCheckWorkflow")
class StockCheckWorkflow:
    """Compare our books with the warehouse's and the ERP's, and with themselves."""

    @workflow.run
    async def run(self, *_nothing: RawValue) -> str:
        """Compare all of them; answers in a line how many differences there are.

        Raises:
            ApplicationError: somebody did not answer; the line says who.
        """
        report = _Report()
        await asyncio.gather(
            report.step("the warehouse:", "differences", _compare(WarehouseCheckActivities.compare, Partner.WMS)),
            report.step("the ERP:", "differences", _compare(ErpCheckActivities.compare, Partner.ERP)),
        )
        audit = _own(StockKeepingActivities.audit, summary="compare our books with themselves", within=_AUDIT_WITHIN)
        await report.step("our own books:", "differences", audit)
        return report.end()


class _Report:
    """What a run has done, and what did not succeed."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._failed: list[str] = []

    async def step(self, did: str, what: str, work: Awaitable[int]) -> None:
        """Do one thing, and remember how it went."""
        try:
            self._done.append(f"{did} {await work} {what}")
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            # A local activity's failure comes as it is, a remote one's inside an `ActivityError`.
            reason = error.cause if isinstance(error, ActivityError) and error.cause else error
            self._failed.append(f"{did} no {what}, for: {getattr(reason, 'message', reason)}")
        workflow.set_current_details("\n".join(f"- {line}" for line in (*self._done, *self._failed)))

    def end(self) -> str:
        line = "; ".join((*self._failed, *self._done))
        if self._failed:
            raise ApplicationError(line, type="incomplete")
        return line


async def _until_done(verb: Callable[..., Awaitable[int]], summary: str) -> int:
    """Repeat a step that does so many at once, until it finds fewer."""
    total = 0
    for _ in range(_STEPS):
        count = await _own(verb, _AT_ONCE, summary=summary)
        total += count
        if count < _AT_ONCE:
            break
    return total


async def _own(verb: Callable[..., Awaitable[int]], *asked: int, summary: str, within: timedelta = _STEP_WITHIN) -> int:
    return await workflow.execute_local_activity_method(
        verb, args=asked, start_to_close_timeout=within, retry_policy=_OWN_RETRIES, summary=summary
    )


async def _compare(verb: Callable[..., Awaitable[int]], partner: Partner) -> int:
    return await workflow.execute_activity_method(
        verb,
        args=(),
        task_queue=partner.value,
        start_to_close_timeout=_COMPARED_WITHIN,
        # A partner whose worker is away must not keep our own books from being compared.
        schedule_to_start_timeout=TAKEN_UP_WITHIN,
        retry_policy=_PARTNER_RETRIES,
        summary=f"compare our books with {partner.called}",
    )
