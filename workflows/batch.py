"""One file of orders, from its first row to its last: part after part, each of which is taken in once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.batches import BatchActivities
from activities.failures import trouble_of
from models.batch.batch import BatchStart, BatchState, Progress
from models.errors import InvalidInput
from workflows.messages import from_call, refusal
from workflows.queues import BATCHES

_PART_WITHIN = timedelta(minutes=2)
BEAT_WITHIN = timedelta(seconds=10)
"""After so long without a sign of life a part's worker is gone, and another one goes on."""
_RETRIES = RetryPolicy(
    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=20), maximum_attempts=8
)
_PAUSE = timedelta(minutes=5)


@workflow.defn(name="BatchWorkflow")
class BatchWorkflow:
    """Reads a file. How far it is stands in our own store, so that nothing is read twice whatever is killed."""

    @workflow.init
    def __init__(self, *start: RawValue) -> None:
        """Take the start's one payload; a bad one must fail the run and not wedge it, so `run` says so."""
        self._bad_start: InvalidInput | None = None
        self._cancelled = False
        self._hurry = False
        self._strange = ""
        self._progress: Progress | None = None
        try:
            self._start = from_call(BatchStart, start)
        except InvalidInput as error:
            self._bad_start = error

    @workflow.run
    async def run(self, *_start: RawValue) -> str:
        """Read the whole file, and answer in a line what became of it."""
        if self._bad_start is not None:
            raise refusal(self._bad_start)
        while True:
            try:
                progress = await self._next()
            except (ActivityError, asyncio.CancelledError) as error:
                if not is_cancelled_exception(error):
                    raise
                # "Request Cancellation" means what the signal means: a file that nobody reads is not to look read on.
                self._cancelled = True
                continue
            if progress is not None and progress.state.is_over:
                return _ended(progress)
            if workflow.info().is_continue_as_new_suggested() and not self._cancelled:
                workflow.continue_as_new(self._start)

    async def _next(self) -> Progress | None:
        if self._cancelled:
            await self._stop()
        return await self._part()

    async def _part(self) -> Progress | None:
        """Take in one part; none where that did not succeed, after a pause that a person may cut short."""
        try:
            self._progress = await workflow.execute_activity_method(
                BatchActivities.take_part,
                self._start.batch_id,
                task_queue=BATCHES,
                start_to_close_timeout=_PART_WITHIN,
                heartbeat_timeout=BEAT_WITHIN,
                retry_policy=_RETRIES,
                summary="take in the next orders",
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            self._show(trouble_of(error).message)
            await self._rest()
            return None
        self._show()
        return self._progress

    async def _rest(self) -> None:
        try:
            await workflow.wait_condition(
                lambda: self._hurry or self._cancelled, timeout=_PAUSE, timeout_summary="then it is tried again"
            )
        except TimeoutError:
            return
        finally:
            self._hurry = False

    async def _stop(self) -> None:
        await workflow.execute_activity_method(
            BatchActivities.cancel,
            self._start.batch_id,
            task_queue=BATCHES,
            start_to_close_timeout=_PART_WITHIN,
            summary="read no further",
        )

    def _show(self, trouble: str = "") -> None:
        lines = [f"## {self._start.name}"]
        if self._progress is not None:
            lines.append(f"**{self._progress.state.value}**: {self._progress.sentence}")
        if trouble:
            lines.append(f"### It does not go on\n\n{trouble}\n\nThe signal `retry` tries again at once.")
        lines.append("The signal `cancel` stops reading; what was taken in stays.")
        if self._strange:
            lines.append(f"The signal `{self._strange}` is not known; there are `retry` and `cancel`.")
        workflow.set_current_details("\n\n".join(lines))

    @workflow.signal(dynamic=True)
    def on_signal(self, name: str, _arguments: Sequence[RawValue]) -> None:
        """Take ``retry`` and ``cancel`` from a person; whatever else comes harms nothing."""
        if self._bad_start is not None:
            return
        if name == "retry":
            self._hurry = True
        elif name == "cancel":
            self._cancelled = True
        else:
            self._strange = name[:100]
            self._show()


def _ended(progress: Progress) -> str:
    reason = f": {progress.reason}" if progress.state is BatchState.UNREADABLE else ""
    return f"{progress.state.value}{reason}; {progress.sentence}"
